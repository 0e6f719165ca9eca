"""Numbers as a page shows them: those that open a list, those that say why they do not, and those that stand bare."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

# A text that is nothing but a number of things.
_NUMBER = re.compile(r"([1-9]\d*(?:,\d{3})*)(?:\s*(?:件|条|起|人|户|处|次|个|项|份|家|栋|封|张))?")
# What is drawn, chosen, dated or numbered, and so counts nothing.
_ELSEWHERE = {
    "script", "style", "svg", "time", "option", "textarea", "title", "kbd", "label", "legend", "caption", "th",
}  # fmt: skip
_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


@dataclass(frozen=True)
class Opened:
    """A number that is a link to its list."""

    said: str
    address: str


@dataclass
class Shown(HTMLParser):
    """What stands on a page."""

    opened: list[Opened] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)  # with what stands before it
    links: list[str] = field(default_factory=list)
    totals: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, dict[str, str]]] = []
        self._before = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
            if "data-count" in given:
                self.opened.append(Opened(given["data-count"], given["href"]))
        if "data-total" in given:
            self.totals.append(given["data-total"])
        if tag not in _VOID:
            self._open.append((tag, given))

    def handle_endtag(self, tag: str) -> None:
        if any(tag == each for each, _given in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        text = data.strip()
        if not text:
            return
        if _NUMBER.fullmatch(text) and not self._is_told():
            self.bare.append(f"{self._before} {text}".strip())
        self._before = text[-24:]

    def _is_told(self) -> bool:
        """Tell whether a number here opens its list, says why it does not, or counts nothing."""
        return any(
            tag in _ELSEWHERE or {"data-count", "data-count-why", "data-total"} & given.keys()
            for tag, given in self._open
        )


def shown(html: str) -> Shown:
    """Read a page."""
    found = Shown()
    found.feed(html)
    return found
