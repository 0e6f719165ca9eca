"""Parse XML from whoever sends it: nothing outside is ever fetched, nothing expanded.

A document with a DTD is refused before it is parsed, so that no entity can be declared at all; the parser is told
besides to resolve none, to load nothing and to open no connection.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

_ENCODING = re.compile(rb"""\A<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION = re.compile(r"\A<\?xml[^>]*\?>")
_CHINESE = frozenset({"gb2312", "gbk", "gb18030"})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an element, in words its sender can act on."""

    element: str
    sentence: str


class Faulty(Exception):
    """Not a CAP 1.2 message: `faults` say why, the first of each element."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("；".join(f"{fault.element}：{fault.sentence}" for fault in faults))
        self.faults = tuple(faults)

    @property
    def fields(self) -> dict[str, str]:
        """Return the faults by element, as problems and forms show them."""
        return {fault.element: fault.sentence for fault in reversed(self.faults)}


def parsed(document: bytes) -> Any:
    """Return the root element of a document. Raises Faulty for what is no plain XML."""
    text = _text(document)
    # What a document may say with "<!" is a comment or CDATA. All else declares something.
    if re.search(r"<!(?!--|\[CDATA\[)", text):
        raise Faulty([Fault("DOCTYPE", _("不收带 DTD 或实体声明的文件，请去掉再送。"))])
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, dtd_validation=False, no_network=True, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise Faulty([Fault("alert", _("不是完整的 XML：第 {line} 行读不下去。").format(line=line))]) from None


def _text(document: bytes) -> str:
    """Return the document as text without its declaration: in UTF-8, or in the Chinese encoding it names."""
    plain = document.removeprefix(b"\xef\xbb\xbf")
    named = _ENCODING.match(plain)
    encoding = named[1].decode().lower() if named else "utf-8"
    if encoding not in _CHINESE | {"utf-8", "us-ascii", "ascii"}:
        raise Faulty([Fault("alert", _("编码请用 UTF-8。"))])
    try:
        text = plain.decode("gb18030" if encoding in _CHINESE else "utf-8")
    except UnicodeDecodeError:
        raise Faulty([Fault("alert", _("文字的编码与声明的不符，请用 UTF-8。"))]) from None
    return _DECLARATION.sub("", text)
