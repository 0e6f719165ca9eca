"""The columns of a table of people, and how their cells are read. Most cells of a kind repeat, so readings are kept."""

import time
from datetime import UTC, date, datetime
from functools import lru_cache
from operator import mul
from typing import Any

from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid
from lianxin.kernel.tables.values import folded, read_day, read_yes
from lianxin.kernel.text import is_identity_number
from lianxin.registry.imports.fields import Choice, ImportField, day, refusing, spoilt, words
from lianxin.registry.imports.problems import ASK, Unreadable
from lianxin.registry.imports.targets.placing import PLACE_FIELDS
from lianxin.registry.people import rules
from lianxin.registry.people.models import Membership, Person, Residence

_RELATIONS = dict(Membership.Relation.choices)
_SEXES = {"m": "男", "f": "女"}
_LIVINGS = dict(Residence.Kind.choices)
_LIVING_WORDS = {
    Residence.Kind.OWNER: ("业主", "户主产权", "房主", "产权", "自有"),
    Residence.Kind.TENANT: ("租户", "租住", "租客", "承租", "租赁", "出租", "租房"),
    Residence.Kind.LIVES: ("自住", "居住", "常住", "住户", "实住", "现住", "借住", "同住"),
    Residence.Kind.REGISTERED: ("户籍", "空挂户", "挂靠", "户口", "人户分离"),
}
_PARTY = {"中共党员": True, "党员": True, "预备党员": True, "中共预备党员": True, "群众": False, "共青团员": False,
          "团员": False, "民主党派": False, "无党派人士": False}  # fmt: skip


def today() -> date:
    """Return the day by which birth dates are judged."""
    return datetime.now(UTC).date()


@lru_cache(maxsize=50_000)
def _name(text: str) -> str:
    if 2 <= len(text) <= 4 and all("\u4e00" <= char <= "\u9fff" for char in text):
        return text  # as nearly all are
    return refusing(rules.read_name)(text)  # type: ignore[no-any-return]


def _identity(text: str) -> rules.Identity:
    plain = _plain_identity(text) if len(text) == 18 else None
    if plain is not None:
        return plain
    spoilt(text)
    found: rules.Identity = _any_identity(text)
    if found.is_upgraded:
        raise Unreadable(
            "form", _("这是 15 位的老号码，对应的 18 位是 {number}，请对照证件。").format(number=found.number),
            (_("改成 18 位"), found.number), level=ASK,
        )  # fmt: skip
    return found


def _any_identity(text: str) -> rules.Identity:
    try:
        return rules.read_identity(text, today=_day())
    except Invalid as fault:
        raise Unreadable("form", next(iter(fault.fields.values()))) from None


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _plain_identity(text: str) -> rules.Identity | None:
    """Return what a citizen's number says when all is as it should be: a third of the cost of reading any number."""
    body = text[:17]
    if not (body.isascii() and body.isdigit() and "1" <= text[0] <= "8") or text[:6] in _PERMITS:
        return None
    if text[17] != "10X98765432"[sum(map(mul, _WEIGHTS, map(int, body))) % 11]:
        return None
    born = _born(text[6:14])
    if born is None or born > _day():
        return None
    return rules.Identity(_CITIZEN, text, born, "m" if int(text[16]) % 2 else "f")


_CITIZEN, _PERMITS = Person.IdKind.CITIZEN.value, {"810000", "820000", "830000"}


@lru_cache(maxsize=50_000)
def _born(digits: str) -> date | None:
    try:
        found = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return found if found.year >= 1880 else None


_kept: list[Any] = [0.0, date.min]


def _day() -> date:
    if time.monotonic() - _kept[0] > 60:
        _kept[:] = [time.monotonic(), today()]
    return _kept[1]  # type: ignore[no-any-return]


def _phone(text: str) -> str:
    if len(text) == 11 and text.isdigit() and text[0] == "1" and text[1] >= "3" and text.isascii():
        return text
    spoilt(text)
    first = text.replace("/", "、").replace(";", "、").replace("，", "、").split("、")[0]
    try:
        return refusing(rules.read_phone)(first)  # type: ignore[no-any-return]
    except Unreadable as found:
        raise Unreadable("form", found.sentence, (_("电话先空着"), "")) from None


def _birth(text: str) -> date:
    found: date = day(text)
    if not date(1880, 1, 1) <= found <= _day():
        raise Unreadable("day", _("出生日期不可能，请核对年份。"))
    return found


@lru_cache(maxsize=500)
def _relation(text: str) -> str:
    found = rules.read_relation(text)
    if found == Membership.Relation.OTHER and folded(text) not in {"其他", "其它", "OTHER", "非亲属", "其他亲属"}:
        return _relations(text)
    return str(found)


@lru_cache(maxsize=200)
def _party(text: str) -> bool:
    key = folded(text)
    if key in _PARTY:
        return _PARTY[key]
    found = read_yes(text)
    if found is None:
        raise Unreadable(
            "choice", _("看不懂“{text}”，是不是党员？").format(text=text[:20]), (_("是党员"), "是"), (_("不是"), "否"),
            is_word=True,
        )  # fmt: skip
    return found


def _is_phone(text: str) -> bool:
    return len(text) == 11 and text.isdigit() and text.startswith("1")


def _is_identity(text: str) -> bool:
    return is_identity_number(text) or (len(text) in {15, 18} and text[:-1].isdigit())


def _is_name(text: str) -> bool:
    return 2 <= len(text) <= 4 and all("\u4e00" <= char <= "\u9fff" for char in text)


_sex = Choice(_SEXES, {"m": ("1", "男性", "M", "male"), "f": ("2", "女性", "F", "female")})
_relations = Choice(_RELATIONS, rest=Membership.Relation.OTHER.value)
_living = Choice(_LIVINGS, {code.value: found for code, found in _LIVING_WORDS.items()})

FIELDS = (
    ImportField("name", "姓名", _name, ("人员姓名", "居民姓名", "姓 名", "名字", "成员姓名"),
                required=True, looks=_is_name, example="王芳", mask="name", register="person.name"),
    ImportField("id_number", "证件号码", _identity, ("身份证号", "身份证", "身份证号码", "公民身份号码",
                                                 "公民身份证号码",
                "证件号", "身份证件号码", "证件编号"), looks=_is_identity, example="11010519491231002X", mask="id",
                hint="这一列请设成文本，不然 Excel 会把它改坏", register="person.id_number"),
    ImportField("phone", "电话", _phone, ("联系电话", "手机", "手机号", "手机号码", "联系方式", "电话号码",
                "本人电话"), looks=_is_phone, example="13812341234", mask="phone", register="person.phone"),
    ImportField("sex", "性别", _sex, ("男女",), looks=_sex.looks, choices=("男", "女"), example="女",
                register="person.sex"),
    ImportField("birth_date", "出生日期", _birth, ("出生年月", "生日", "出生年月日", "出生时间"),
                looks=lambda text: read_day(text) is not None, example="1949-12-31", register="person.birth_date"),
    ImportField("relation", "与户主关系", _relation, ("关系", "家庭关系", "户主关系", "与户主的关系", "成员关系"),
                looks=lambda text: folded(text) in {"户主", "本人", "妻", "夫", "子", "女", "配偶", "长子", "长女",
                                                    "父亲",
                                                     "母亲"}, choices=tuple(_RELATIONS.values()), example="户主"),
    ImportField("head", "户主", words(60), ("户主姓名", "家长姓名"), example="王芳", mask="name"),
    ImportField("household", "户号", words(40), ("户编号", "家庭编号", "户籍号", "户序号"), example=""),
    *PLACE_FIELDS,
    ImportField("living", "人房关系", _living, ("居住性质", "住房性质", "房屋关系", "居住类型", "居住情况", "居住状态",
                "住房情况"), looks=_living.looks, choices=tuple(_LIVINGS.values()), example="实际居住"),
    ImportField("is_party_member", "是否党员", _party, ("党员", "政治面貌", "中共党员"),
                looks=lambda text: folded(text) in _PARTY, choices=("是", "否"), example="否",
                register="person.is_party_member"),
)  # fmt: skip

ENTERED = ("name", "sex", "birth_date", "phone", "is_party_member")
LABELS = {
    "name": "改姓名",
    "sex": "改性别",
    "birth_date": "改出生日期",
    "phone": "改电话",
    "is_party_member": "改党员身份",
}
NO_ID = Person.IdKind.NONE.value
