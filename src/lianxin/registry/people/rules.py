"""Numbers, names, phones and relations of people: read as people write them, in one form, without a database.

Sentences name the remedy and never repeat the value, since they may end up in a list of faults.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid
from lianxin.kernel.text import is_identity_number

from .models import Membership, Person

ID_CONTEXT = "people.person.id_number"
PHONE_CONTEXT = "people.person.phone"

# What of a person is entered and amended, with the word people know it by.
LABELS: Mapping[str, str] = {
    "name": "姓名",
    "sex": "性别",
    "birth_date": "出生日期",
    "id_kind": "证件类型",
    "id_number": "证件号码",
    "phone": "电话",
    "is_party_member": "是否党员",
    "home": "现住处",
    "living": "居住关系",
    "household": "所在户",
    "contacts": "联系人",
    "account": "本人账号",
    "end": "在册状态",
}
ENTERED = ("name", "sex", "birth_date", "id_kind", "id_number", "phone", "is_party_member")

_Kind = Person.IdKind
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_RESIDENCE_PERMITS = ("810000", "820000", "830000")  # 香港、澳门、台湾
_EARLIEST_BIRTH = date(1880, 1, 1)
_DOTS = re.compile(r"[•・．.‧⋅∙‑·]")
_GAPS = re.compile(r"[\s\-‐-―−]+")


@dataclass(frozen=True, slots=True)
class Identity:
    """An identity number in its one form, with what it says of its holder."""

    kind: str
    number: str
    birth_date: date | None = None
    sex: str = ""
    is_upgraded: bool = False  # was written with the 15 digits of before 1999


def read_identity(text: str, *, today: date, kind: str = "", field: str = "id_number") -> Identity:
    """Read an identity number as people write it; raise Invalid with the remedy.

    The kind follows from the number; a `kind` that says otherwise is a fault. Numbers of 15 digits are written
    anew with 18, which the caller should show to be compared with the card.
    """
    number = _GAPS.sub("", unicodedata.normalize("NFKC", text)).upper()
    if kind == _Kind.PASSPORT:
        return _passport(number, field)
    if re.fullmatch(r"[A-Z]{3}\d{12}", number):
        return _agreeing(Identity(_Kind.FOREIGN, number), kind, field)
    if re.fullmatch(r"[1-8]\d{14}", number):
        found = _told(upgraded(number), today, field)
        return _agreeing(Identity(found.kind, found.number, found.birth_date, found.sex, is_upgraded=True), kind, field)
    if not re.fullmatch(r"\d{17}[\dX]", number):
        raise Invalid({field: _shape_fault(number)})
    return _agreeing(_told(number, today, field), kind, field)


def upgraded(number: str) -> str:
    """Return the 18 characters of a number of 15 digits (GB 11643): the century put in, the check appended."""
    body = f"{number[:6]}19{number[6:]}"
    return body + check_character(body)


def check_character(body: str) -> str:
    """Return the last character that belongs to the first 17 digits."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True)) % 11]


def _shape_fault(number: str) -> str:
    if not number.isascii() or not number.isalnum():
        return _("证件号码里有不该有的字符，请只填数字（最后一位可以是 X）。护照请先把证件类型选为“护照”。")
    if "X" in number[:-1]:
        return _("字母 X 只能是最后一位，请对照证件核对。")
    return _("证件号码应是 18 位，现在是 {count} 位，请对照证件补齐。").format(count=len(number))


def _told(number: str, today: date, field: str) -> Identity:
    """Return what 18 characters say, or raise Invalid for a birth date or a last character that cannot be."""
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise Invalid({field: _("号码第 7 至 14 位不是一个日期，请对照证件核对。")}) from None
    if not _EARLIEST_BIRTH <= born <= today:
        raise Invalid({field: _("号码里的出生年份不可能，请对照证件核对第 7 至 14 位。")})
    if not is_identity_number(number):
        raise Invalid({field: _("号码的最后一位对不上，多半有一位写错了，请对照证件逐位核对。")})
    sex = "m" if int(number[16]) % 2 else "f"
    return Identity(str(_kind_of(number)), number, born, sex)


def _kind_of(number: str) -> str:
    if number[:6] in _RESIDENCE_PERMITS:
        return _Kind.HONGKONG
    return _Kind.FOREIGN if number.startswith("9") else _Kind.CITIZEN


def _agreeing(found: Identity, kind: str, field: str) -> Identity:
    if kind not in {"", _Kind.NONE, found.kind}:
        sentence = _("这是一个{kind}的号码，请把证件类型改成它，或核对号码。")
        raise Invalid({field: sentence.format(kind=_Kind(found.kind).label)})
    return found


def _passport(number: str, field: str) -> Identity:
    if not re.fullmatch(r"(?=.*\d)[A-Z0-9]{5,15}", number):
        raise Invalid({field: _("护照号码是 5 至 15 位字母和数字，请对照护照核对。")})
    return Identity(_Kind.PASSPORT, number)


def read_phone(text: str, *, field: str = "phone") -> str:
    """Return 13800001234 or 0556-6123456, however it was written; raise Invalid with the remedy. Empty stays empty."""
    digits = re.sub(r"[^\d+]", "", unicodedata.normalize("NFKC", text))
    if not digits and not text.strip():
        return ""
    digits = re.sub(r"^(?:\+|00)86|^86(?=1\d{10}$)", "", digits)
    if re.fullmatch(r"1[3-9]\d{9}", digits):
        return digits
    if fixed := re.fullmatch(r"(010|02\d|0[3-9]\d{2})([2-9]\d{6,7})", digits):
        return f"{fixed[1]}-{fixed[2]}"
    if re.fullmatch(r"[2-9]\d{6,7}", digits):
        raise Invalid({field: _("固定电话请在前面加上区号，例如 0556-6123456。")})
    if digits.startswith("1"):
        raise Invalid({field: _("手机号应是 11 位，现在是 {count} 位，请核对。").format(count=len(digits))})
    raise Invalid({field: _("电话读不懂，请填 11 位手机号，或带区号的固定电话。")})


def read_name(text: str, *, field: str = "name") -> str:
    """Return a name in its one form: no spaces in Chinese names, one dot · in names of several parts."""
    name = unicodedata.normalize("NFKC", text).strip()
    name = re.sub(r"\s+", " ", _DOTS.sub("·", name)).strip("· ")
    if re.search(r"[\u3400-\u9fff]", name):
        name = name.replace(" ", "")
    if not name:
        raise Invalid({field: _("请填写姓名。")})
    if len(name) > 60:
        raise Invalid({field: _("姓名最多 60 个字。")})
    if any(unicodedata.category(char) == "Co" for char in name):
        raise Invalid({field: _("姓名里有自造的字，换一台电脑就显示不出来，请换成标准字。")})
    if not all(char.isalpha() or char in "·' -" for char in name) or not any(map(str.isalpha, name)):
        raise Invalid({field: _("姓名里只能有文字和间隔点，请去掉数字和符号。")})
    return name


def read_sex(text: str, *, field: str = "sex") -> str:
    """Return m, f or nothing from 男, 女, 1, 2, M, F and the like."""
    words = {"": "", "未知": "", "0": "", "9": "", "未说明": "", "男": "m", "男性": "m", "1": "m", "m": "m",
             "女": "f", "女性": "f", "2": "f", "f": "f"}  # fmt: skip
    found = words.get(unicodedata.normalize("NFKC", text).strip().lower())
    if found is None:
        raise Invalid({field: _("性别请填“男”或“女”。")})
    return found


def checked(given: Mapping[str, Any], *, today: date, held: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return entered fields of a person in their one form, all faults told at once (Invalid).

    `held` is what stands already, for amending: a number and a birth date must agree also when only one is new.
    Birth date and sex follow from the number where they are not given.
    """
    faults: dict[str, str] = {}
    clean: dict[str, Any] = {}
    for name, read in (("name", read_name), ("phone", read_phone), ("sex", read_sex)):
        if name in given:
            _keep(clean, faults, name, lambda name=name, read=read: read(str(given[name] or "")))
    if "birth_date" in given:
        _keep(clean, faults, "birth_date", lambda: _birth_date(given["birth_date"], today))
    if "is_party_member" in given:
        clean["is_party_member"] = given["is_party_member"]
    if "id_number" in given or "id_kind" in given:
        _keep_identity(clean, faults, given, held or {}, today)
    _compare(clean, faults, given, held or {}, today)
    if faults:
        raise Invalid(faults)
    if "phone" in clean:
        clean["phone"] = clean["phone"] or None
    return clean


def _keep(clean: dict[str, Any], faults: dict[str, str], name: str, read: Any) -> None:
    try:
        clean[name] = read()
    except Invalid as fault:
        faults.update(fault.fields)


def _birth_date(value: Any, today: date) -> date | None:
    if value is None or value == "":
        return None
    if not isinstance(value, date):
        try:
            value = date.fromisoformat(str(value))
        except ValueError:
            raise Invalid({"birth_date": _("出生日期请写成 1990-05-01 这样。")}) from None
    if not _EARLIEST_BIRTH <= value <= today:
        raise Invalid({"birth_date": _("出生日期不可能，请核对年份。")})
    return date(value.year, value.month, value.day)


def _keep_identity(
    clean: dict[str, Any], faults: dict[str, str], given: Mapping[str, Any], held: Mapping[str, Any], today: date
) -> None:
    number = str(given["id_number"] or "") if "id_number" in given else (held.get("id_number") or "")
    kind = str(given.get("id_kind") or "")
    if kind not in {"", *_Kind.values}:
        faults["id_kind"] = _("证件类型不在名单里，请重选。")
    elif not number.strip():
        clean |= {"id_number": None, "id_kind": kind or _Kind.NONE}
    else:
        # A kind that was only kept from before must not contradict a new number.
        before = held.get("id_kind", "") if not kind and held.get("id_kind") == _Kind.PASSPORT else ""
        try:
            found = read_identity(number, today=today, kind=kind or before)
        except Invalid as fault:
            faults.update(fault.fields)
        else:
            clean |= {"id_number": found.number, "id_kind": found.kind}


def _compare(
    clean: dict[str, Any], faults: dict[str, str], given: Mapping[str, Any], held: Mapping[str, Any], today: date
) -> None:
    """Let birth date and sex follow from the number, or name the contradiction."""
    if "id_number" in faults or not {"id_number", "birth_date", "sex"} & clean.keys():
        return
    number = clean.get("id_number", held.get("id_number"))
    kind = clean.get("id_kind", held.get("id_kind", ""))
    if not number or kind == _Kind.PASSPORT or not re.fullmatch(r"\d{17}[\dX]", number):
        return
    told = read_identity(number, today=today)
    is_new = "id_number" in clean and clean["id_number"] != held.get("id_number")
    for name, words in (("birth_date", _("出生日期")), ("sex", _("性别"))):
        said, follows = clean.get(name), getattr(told, name)
        if not said:
            if is_new or name in given:
                clean[name] = follows
        elif said != follows:
            faults[name] = _("{field}和证件号码说的不一样，请对照证件核对两处。").format(field=words)


# 与户主关系: the words registers use, and ours. Whatever is not here is 其他.
_RELATION_WORDS = {
    Membership.Relation.HEAD: "户主 本人 户主本人 小集体户户主",
    Membership.Relation.SPOUSE: "配偶 夫 妻 丈夫 妻子 爱人",
    Membership.Relation.CHILD: (
        "子女 子 女 儿子 女儿 独生子 独生女 长子 次子 三子 四子 五子 长女 次女 二女 三女 四女 五女 二子 养子 养女 "
        "继子 继女 儿媳 女婿 非婚生子 非婚生女 其他儿子 其他女儿"
    ),
    Membership.Relation.PARENT: "父母 父 母 父亲 母亲 公公 婆婆 岳父 岳母 公婆 继父 继母 养父 养母",
    Membership.Relation.GRANDCHILD: "孙子女 孙子 孙女 外孙子 外孙 外孙女 孙媳 曾孙 曾孙子 曾孙女",
    Membership.Relation.GRANDPARENT: "祖父母 祖父 祖母 爷爷 奶奶 外祖父 外祖母 外公 外婆 曾祖父 曾祖母",
    Membership.Relation.SIBLING: "兄弟姐妹 兄 弟 姐 妹 哥哥 弟弟 姐姐 妹妹 嫂 弟媳 姐夫 妹夫",
}
_RELATIONS = {word: relation for relation, words in _RELATION_WORDS.items() for word in words.split()}

_R = Membership.Relation
# The relation to a new head, from how the new head and another stood to the old one; the uncertain is other.
_TURNED = {
    (_R.SPOUSE, _R.CHILD): _R.CHILD,
    (_R.SPOUSE, _R.GRANDCHILD): _R.GRANDCHILD,
    (_R.SPOUSE, _R.PARENT): _R.PARENT,
    (_R.SPOUSE, _R.GRANDPARENT): _R.GRANDPARENT,
    (_R.CHILD, _R.SPOUSE): _R.PARENT,
    (_R.CHILD, _R.CHILD): _R.SIBLING,
    (_R.CHILD, _R.PARENT): _R.GRANDPARENT,
    (_R.PARENT, _R.SPOUSE): _R.CHILD,
    (_R.PARENT, _R.CHILD): _R.GRANDCHILD,
    (_R.PARENT, _R.SIBLING): _R.CHILD,
    (_R.SIBLING, _R.PARENT): _R.PARENT,
    (_R.SIBLING, _R.SIBLING): _R.SIBLING,
    (_R.SIBLING, _R.GRANDPARENT): _R.GRANDPARENT,
    (_R.GRANDPARENT, _R.PARENT): _R.CHILD,
}
# How the old head stands to the new one.
_INVERSE = {
    _R.SPOUSE: _R.SPOUSE,
    _R.CHILD: _R.PARENT,
    _R.PARENT: _R.CHILD,
    _R.GRANDCHILD: _R.GRANDPARENT,
    _R.GRANDPARENT: _R.GRANDCHILD,
    _R.SIBLING: _R.SIBLING,
}


def read_relation(text: str) -> str:
    """Return the relation to the head of a household (与户主关系) from a register's word or our own code."""
    word = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    if word in Membership.Relation.values:
        return word
    return _RELATIONS.get(word, Membership.Relation.OTHER)


def turned(of_new_head: str, of_other: str) -> str:
    """Return how somebody stands to the new head, from how both stood to the old one."""
    if of_other == _R.HEAD:
        return _INVERSE.get(_R(of_new_head), _R.OTHER)
    return _TURNED.get((_R(of_new_head), _R(of_other)), _R.OTHER)


def age(birth_date: date | None, today: date) -> int | None:
    """Return the age in full years."""
    if birth_date is None:
        return None
    return today.year - birth_date.year - ((today.month, today.day) < (birth_date.month, birth_date.day))
