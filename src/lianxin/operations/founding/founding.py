"""Found a county: a practice without its lists, the place's own names, the root of its areas, the first account."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts import rules
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.accounts.models import Account, Role
from lianxin.foundation.areas import actions as areas
from lianxin.foundation.areas.models import Area
from lianxin.foundation.audit.actions import record
from lianxin.kernel.configuration import actions as configuration
from lianxin.kernel.errors import Invalid, Refused
from lianxin.kernel.text import spelling
from lianxin.operations.profiles import loader
from lianxin.operations.profiles.documents import documents
from lianxin.operations.profiles.model import Place, Profile

from . import key

_LOCK = 0x6C78_6631
_LISTS = ("pairings", "profile", "micro_units")  # what speaks of the other place's own units
ADMIN = "accounts.manage"


@dataclass(frozen=True, slots=True)
class Founder:
    """The first administrator."""

    name: str
    username: str
    password: str


@transaction.atomic
def found(practice: Profile, *, place: Place, founder: Founder, at: datetime) -> Account:
    """Begin a county. Raises Refused when somebody has begun already, Invalid for names and passwords.

    Roles, flow, words and calendar come from `practice`; its areas, units, categories and lists do not. What the
    platform does by itself is off: it begins when a person has seen how often it would be right.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    if not key.is_empty() or Area.objects.exists():
        raise Refused("founded", _("这套系统已经有人用了，请用已有的账号登录。"))
    _check(place, founder)
    own = _own(practice, place)
    for name, content in documents(own).items():
        if name not in _LISTS:
            configuration.put(name, content, at=at, reason=_("建立新县"), source="page")
    configuration.put("profile", {"key": "", "hash": "", "begun_from": practice.key}, at=at, source="page")
    loader.load_calendar(own, at)
    loader.load_roles(own, SYSTEM, at)
    loader.load_fields(replace(own, fields=tuple(replace(each, owner="") for each in own.fields)), SYSTEM, at)
    # A county of its own brings its own categories; which of them a class goes to is said with them.
    loader.load_component_classes(
        replace(own, component_classes=tuple(replace(one, category="") for one in own.component_classes)), SYSTEM, at
    )
    levels = {level.role: level.key for level in practice.levels}
    areas.load_tree(SYSTEM, [areas.Node(place.division, place.name, levels["city"], "city")], at=at)
    account = _first(founder, at)
    record(SYSTEM, "county.found", at=at, subject_kind="place", subject_label=place.division,
           detail={"practice": practice.key})  # fmt: skip
    return account


def _own(practice: Profile, place: Place) -> Profile:
    """Return the practice under the place's own names, with nothing that happens by itself."""
    names = ((practice.place.platform, place.platform), (practice.place.name, place.name))

    def renamed(text: str) -> str:
        for old, new in names:
            text = text.replace(old, new)
        return text

    texts = {
        section: {key: renamed(text) for key, text in texts.items()}
        for section, texts in practice.texts.items()
        if section != "public_names"  # of units this place does not have
    }
    return replace(
        practice,
        place=place,
        texts=texts,
        calendar=replace(practice.calendar, name=_("{name}工作时间").format(name=place.name), days=()),
        sampling=replace(practice.sampling, categories={}),  # of categories this place does not have
        automation={name: replace(rule, mode="off", categories=()) for name, rule in practice.automation.items()},
    )


def _check(place: Place, founder: Founder) -> None:
    wrong: dict[str, Any] = {}
    if not (place.division.isdigit() and len(place.division) == 6):
        wrong["division"] = _("区划代码是六位数字，例如 340881。")
    for check in (
        lambda: rules.check_username(founder.username),
        lambda: rules.check_password(founder.password, username=founder.username, name=founder.name),
    ):
        try:
            check()
        except Invalid as fault:
            wrong |= dict(fault.fields)
    if wrong:
        raise Invalid(wrong)


def _first(founder: Founder, at: datetime) -> Account:
    root = Area.objects.get(valid_to=None, role="city")
    made = accounts.create_staff_account(
        SYSTEM, username=founder.username, name=founder.name, encoded=make_password(founder.password), at=at
    )
    role = next(role for role in Role.objects.order_by("sort") if ADMIN in role.permissions and role.scope == "area")
    accounts.give_post(SYSTEM, account=made.account, role=role, area=root, at=at)
    return made.account


def place_of(values: Mapping[str, str], practice: Profile) -> Place:
    """Return the names of a place from what a form brought; what it left out follows from the name."""
    name = values["name"].strip()
    return Place(**{
        **asdict(practice.place), "key": re.sub(r"[^a-z0-9]", "", spelling(name)) or "county",
        "name": name, "full_name": values.get("full_name", "").strip() or name,
        "division": values["division"].strip(), "hotline": values.get("hotline", "").strip() or "12345",
        "platform": values.get("platform", "").strip() or _("连心{name}").format(name=name), "slogan": "",
        "centre": values.get("centre", "").strip() or _("{name}网格化服务管理中心").format(name=name),
    })  # fmt: skip
