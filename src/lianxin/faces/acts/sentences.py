"""What pydantic found wrong, in sentences a user can read, one for each field."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from lianxin.kernel.errors import Invalid

OWN = "lianxin"  # the type of errors that our own validators raise, with a sentence that is ready
WHOLE = "body"  # the field named when the input as a whole is wrong
_MOST = 40  # sentences told at once


def wrong(sentence: str) -> PydanticCustomError:
    """Return the error a validator raises; `sentence` is what the user reads."""
    return PydanticCustomError(OWN, "{sentence}", {"sentence": sentence})


def invalid(error: ValidationError) -> Invalid:
    """Return pydantic's findings as our own error, with dotted names of fields."""
    return invalid_of(error.errors(include_url=False))


def invalid_of(details: Iterable[ErrorDetails | Mapping[str, Any]], *, skip: int = 0) -> Invalid:
    """Return findings as our own error; `skip` leading parts of each place are left out."""
    fields: dict[str, str] = {}
    for detail in details:
        if len(fields) >= _MOST:
            break
        place = ".".join(str(part) for part in detail["loc"][skip:])[:200] or WHOLE
        fields.setdefault(place, sentence(detail))
    return Invalid(fields)


def sentence(detail: ErrorDetails | Mapping[str, Any]) -> str:
    """Return one finding with its remedy."""
    kind, context = detail["type"], detail.get("ctx") or {}
    if kind == OWN:
        return str(context["sentence"])
    if kind == "string_too_long":
        return _("太长（%(length)d 字），请不超过 %(limit)d 字。") % {
            "length": len(detail["input"]), "limit": context["max_length"],
        }  # fmt: skip
    limits = _LIMITS.get(kind)
    if limits is not None:
        name, words = limits
        return _(words) % {"limit": context[name]}
    return _(_PLAIN.get(kind, _by_family(kind)))


def _by_family(kind: str) -> str:
    family = kind.partition("_")[0]
    return _FAMILIES.get(family, "格式不正确，请核对。")


_LIMITS = {
    "string_too_short": ("min_length", "至少写 %(limit)d 字。"),
    "too_long": ("max_length", "最多 %(limit)d 个。"),
    "too_short": ("min_length", "至少 %(limit)d 个。"),
    "greater_than_equal": ("ge", "不能小于 %(limit)s。"),
    "less_than_equal": ("le", "不能大于 %(limit)s。"),
    "greater_than": ("gt", "要大于 %(limit)s。"),
    "less_than": ("lt", "要小于 %(limit)s。"),
}
_PLAIN = {
    "missing": "请填写。",
    "extra_forbidden": "没有这一项，请核对名称。",
    "enum": "没有这个选项。",
    "literal_error": "没有这个选项。",
    "string_unicode": "有不能识别的字符。",
    "string_pattern_mismatch": "有不能识别的字符，请删去。",
    "json_invalid": "内容不是正确的 JSON。",
    "json_type": "内容不是正确的 JSON。",
    "finite_number": "这里要填数字。",
    "int_parsing_size": "数字太大。",
    "none_required": "这里要留空。",
}
_FAMILIES = {
    "string": "这里要填文字。",
    "int": "这里要填整数。",
    "float": "这里要填数字。",
    "bool": "请填是或否。",
    "uuid": "编号格式不正确，应为 36 位的 UUID。",
    "datetime": "时间格式不正确，请写成 2026-11-21T14:05:00+08:00 这样。",
    "date": "日期格式不正确，请写成 2026-11-21 这样。",
    "timezone": "时间格式不正确，请写成 2026-11-21T14:05:00+08:00 这样。",
    "list": "这里要填一个列表。",
    "tuple": "这里要填一个列表。",
    "frozen": "这里要填一个列表。",
    "set": "这里要填一个列表。",
    "dict": "这里要填一组名称和值。",
    "model": "这里要填一组名称和值。",
}
