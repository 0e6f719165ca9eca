"""What a county needs before it runs (开始设置): each step's state from facts, what is missing, and where to go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.console.views.duties import gaps_of
from lianxin.foundation.accounts.models import Account, Role
from lianxin.foundation.accounts.queries import current_posts
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.worktime.queries import calendar
from lianxin.work.cases.models import Case, FilingStandard
from lianxin.work.dispatch.queries import catalogue

Numbers = Mapping[str, int]
# Without somebody who may do each of these no case comes to its end.
NEEDED = {
    "cases.file": gettext_lazy("立案"), "cases.dispatch": gettext_lazy("派遣"), "cases.handle": gettext_lazy("处置"),
    "cases.verify": gettext_lazy("核查"),
    "cases.close": gettext_lazy("结案"),
}  # fmt: skip
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the list. `missing`: what is still to be done, each a sentence."""

    code: str
    title: str
    there: str
    url: str
    verb: str
    missing: tuple[str, ...] = ()
    is_begun: bool = True
    others: tuple[tuple[str, str], ...] = field(default_factory=tuple)  # further ways: label, address

    @property
    def state(self) -> str:
        """Return todo, part or done."""
        if not self.is_begun:
            return "todo"
        return "part" if self.missing else "done"


def steps(numbers: Numbers, at: datetime) -> list[Step]:
    """Return all steps in their order."""
    return [make(numbers, at) for make in _STEPS]


def _import(code: str) -> str:
    return reverse("console:import_begin", args=[code])


def _named(names: list[str]) -> str:
    return "、".join(names[:_SHOWN]) + (_("等 {count} 个").format(count=len(names)) if len(names) > _SHOWN else "")


def _place(numbers: Numbers, _at: datetime) -> Step:
    place = current("place", numbers) or {}
    there = " · ".join(str(place.get(name, "")) for name in ("name", "centre", "platform") if place.get(name))
    return Step(
        "place", _("地方名称"), there, reverse("profile:text", args=["place"]), _("改名称"), is_begun=bool(place)
    )


def _areas(numbers: Numbers, at: datetime) -> Step:
    atlas = list(areas.atlas(at, numbers))
    by_role = {role: [node for node in atlas if node.role == role] for role in ("street", "community", "grid")}
    above = {node.parent_id for node in atlas}
    missing = []
    for role, below in (("street", _("社区")), ("community", _("网格"))):
        bare = [node.name for node in by_role[role] if node.id not in above]
        if bare:
            missing.append(_("{names}下面还没有{below}。").format(names=_named(bare), below=below))
    there = _("{streets} 个街道（镇）、{communities} 个社区（村）、{grids} 个网格").format(
        streets=len(by_role["street"]), communities=len(by_role["community"]), grids=len(by_role["grid"])
    )
    return Step("areas", _("区域和网格"), there, _import("areas"), _("导入区域表"), tuple(missing),
                is_begun=bool(by_role["grid"]), others=((_("看网格"), reverse("console:areas")),))  # fmt: skip


def _units(numbers: Numbers, at: datetime) -> Step:
    units = organizations.unit_tree(at, numbers)
    placed = {(unit.kind, unit.area_id) for unit in units}
    missing = []
    for role, label in (("street", _("街道办（镇政府）")), ("community", _("居（村）委会"))):
        bare = [node.name for node in areas.atlas(at, numbers) if node.role == role and (role, node.id) not in placed]
        if bare and units:
            missing.append(_("{names}还没有{label}这个单位。").format(names=_named(bare), label=label))
    return Step("units", _("单位"), _("{count} 个单位").format(count=len(units)), _import("units"), _("导入单位表"),
                tuple(missing), is_begun=bool(units), others=((_("看单位"), reverse("console:units")),))  # fmt: skip


def _staff(numbers: Numbers, at: datetime) -> Step:
    posts = list(current_posts(at).filter(account__disabled_at=None).select_related("role"))
    there = _("{people} 人有岗位").format(people=len({post.account_id for post in posts}))
    missing = []
    lacking = [str(label) for code, label in NEEDED.items() if not any(code in post.role.permissions for post in posts)]
    if lacking:
        missing.append(_("还没有人能{acts}。").format(acts="、".join(lacking)))
    afield = {post.area_id for post in posts if "cases.check" in post.role.permissions}
    grids = [node.name for node in areas.atlas(at, numbers) if node.role == "grid" and node.id not in afield]
    if grids:
        missing.append(_("{count} 个网格还没有网格员。").format(count=len(grids)))
    waiting = waiting_for_password().count()
    if waiting:
        missing.append(_("{count} 人还没有发初始密码，登录不了。").format(count=waiting))
    return Step("staff", _("工作人员"), there, _import("staff"), _("导入花名册"), tuple(missing),
        is_begun=len(posts) > 1,
                others=((_("发初始密码"), reverse("console:staff_passwords")), (_("看人员"),
                    reverse("console:staff"))))  # fmt: skip


def waiting_for_password() -> QuerySet[Account]:
    """Return the accounts that cannot sign in before somebody hands them a password."""
    return Account.objects.filter(
        kind=Account.Kind.STAFF, disabled_at=None, password__startswith=UNUSABLE_PASSWORD_PREFIX
    )


def _standards(numbers: Numbers, _at: datetime) -> Step:
    leaves = catalogue(numbers).leaves
    held = set(FilingStandard.objects.filter(valid_to=None).values_list("category_id", flat=True))
    bare = [leaf.name for leaf in leaves if leaf.id not in held]
    there = _("{leaves} 个细类，{rows} 条标准").format(
        leaves=len(leaves), rows=FilingStandard.objects.filter(valid_to=None).count()
    )
    missing = (_("{names}没有立案标准。").format(names=_named(bare)),) if bare else ()
    return Step("standards", _("分类和立案标准"), there, _import("standards"), _("导入立案标准表"), missing,
                is_begun=bool(leaves), others=((_("只导分类"), _import("categories")),
                                               (_("看标准"), reverse("profile:standards"))))  # fmt: skip


def _duties(numbers: Numbers, at: datetime) -> Step:
    rows = sum(row.in_force(at) for row in organizations.directory(numbers).rows)
    gaps, conflicts = gaps_of(numbers, at)
    missing = []
    if gaps:
        missing.append(_("{count} 处没有人牵头。").format(count=len(gaps)))
    if conflicts:
        missing.append(_("{count} 处互相矛盾。").format(count=len(conflicts)))
    return Step("duties", _("权责清单"), _("{rows} 条").format(rows=rows), _import("duties"), _("导入权责清单"),
                tuple(missing), is_begun=bool(rows), others=((_("看矩阵"),
                    reverse("console:duty_matrix")),))  # fmt: skip


def _calendar(numbers: Numbers, at: datetime) -> Step:
    now = calendar(numbers=numbers)
    missing = () if at.year in now.confirmed_years else (_("{year} 年的放假安排还没有收录。").format(year=at.year),)
    return Step("calendar", _("工作日历"), now.name, reverse("profile:calendar"), _("看日历"), missing)


def _roles(_numbers: Numbers, at: datetime) -> Step:
    held = set(current_posts(at).filter(account__disabled_at=None).values_list("role_id", flat=True))
    officers = Q(permissions__contains=["audit.read"]) | Q(permissions__contains=["accounts.elevate"])
    bare = [role.label for role in Role.objects.filter(officers).order_by("sort") if role.code not in held]
    missing = (_("{names}还没有人。").format(names="、".join(bare)),) if bare else ()
    return Step("roles", _("岗位与权限"), _("{count} 种岗位").format(count=Role.objects.count()),
                reverse("profile:roles"), _("看权限"), missing)  # fmt: skip


def _rehearsal(_numbers: Numbers, _at: datetime) -> Step:
    cases = Case.objects.count() if Case.objects.exists() else 0
    there = _("已有 {count} 件").format(count=cases) if cases else _("拿一句话走一遍规则，什么也不保存")
    return Step("rehearsal", _("试一遍"), there, reverse("profile:rehearse"), _("试一件"), is_begun=bool(cases))


_STEPS: tuple[Callable[[Numbers, datetime], Step], ...] = (
    _place, _areas, _units, _standards, _duties, _staff, _calendar, _roles, _rehearsal,
)  # fmt: skip
