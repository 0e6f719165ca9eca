"""What the fields of acts can be chosen from: only what makes sense for this case, in words people know."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from lianxin.faces.console.rows import area_of
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account, Post
from lianxin.foundation.accounts.queries import current_posts
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import queries as organizations
from lianxin.foundation.organizations.queries import UnitNode
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.text import mask_name
from lianxin.work.cases import rules
from lianxin.work.cases.actions import deciders
from lianxin.work.cases.keeping import ruling_for
from lianxin.work.cases.models import Call, Case, FilingStandard
from lianxin.work.cases.queries import similar_to
from lianxin.work.cases.settings import flow_settings
from lianxin.work.dispatch.queries import catalogue

Choice = tuple[str, str]
Group = tuple[str, list[Choice]]
_MOST_POSTS = 60
_WORK = {"work_minute": "分钟", "work_hour": "工作时", "work_day": "工作日"}


@dataclass(frozen=True)
class Choosing:
    """Lists for one case and one who acts on it."""

    case: Case
    actor: Actor
    at: datetime
    numbers: Mapping[str, int]

    def categories(self) -> list[Group | Choice]:
        """Return the categories in use, grouped by minor class; the proposed ones stand first."""
        nodes = catalogue(self.numbers)
        groups: dict[str, list[Choice]] = {}
        for leaf in nodes.leaves:
            groups.setdefault(" › ".join(leaf.path[:-1]) or leaf.name, []).append((leaf.code, leaf.name))
        proposed = [
            (choice["code"], choice["name"]) for choice in (self.case.proposal or {}).get("choices", [])
            if choice["code"] in nodes.by_code
        ]  # fmt: skip
        first: list[Group | Choice] = [(_("建议"), proposed)] if proposed else []
        return [*first, *groups.items()]

    def standards(self) -> list[Choice]:
        """Return the rows of the filing standard of the case's category."""
        if self.case.category_id is None:
            return []
        rows = FilingStandard.objects.filter(category_id=self.case.category_id, valid_to=None).order_by("row")
        return [(row.row, f"{row.condition[:40]} · {row.limit_value} {row.limit_unit}") for row in rows]

    def areas(self) -> list[Group]:
        """Return communities by street; those around the case come down to the grid."""
        atlas, here = areas.atlas(self.at, self.numbers), area_of(self.case, self.numbers)
        near = here.community_id if here else None
        groups: list[Group] = []
        for street in (node for node in atlas if node.role == "street"):
            listed: list[Choice] = []
            for community in atlas.children(street.id):
                listed.append((community.code, community.name))
                if community.id == near:
                    listed += [(grid.code, f"{community.name} {grid.name}") for grid in atlas.children(community.id)]
            groups.append((street.name, listed))
        return groups

    def units(self) -> list[Group]:
        """Return the units that can be called in: of the city, and those around the case."""
        around = set(here.path_ids) if (here := area_of(self.case, self.numbers)) else set()
        found = [
            unit for unit in organizations.unit_tree(self.at, self.numbers)
            if unit.level == "city" or unit.area_id in around
        ]  # fmt: skip
        return _by_kind(found, self.numbers)

    def targets(self) -> list[Group | Choice]:
        """Return whom the holder of the case may dispatch to: units as the profile allows, and posts of its area."""
        settings, level = flow_settings(self.numbers), self.case.holder_level
        here = area_of(self.case, self.numbers)
        around = set(here.path_ids) if here else set()
        able = [
            unit for unit in organizations.unit_tree(self.at, self.numbers)
            if rules.may_send(settings, level, unit.kind)
            and (unit.area_id is None or unit.level == "city" or unit.area_id in around)
        ]  # fmt: skip
        groups: list[Group | Choice] = []
        proposed = self._proposed_units()
        if proposed:
            groups.append((_("权责清单"), [(f"unit:{unit.code}", _name(unit)) for unit in proposed]))
        groups += [
            (label, [(f"unit:{code}", name) for code, name in listed]) for label, listed in _by_kind(able, self.numbers)
        ]
        posts = self._posts("cases.handle")
        return [*groups, (_("岗位"), [(f"post:{pk}", name) for pk, name in posts])] if posts else groups

    def _proposed_units(self) -> list[UnitNode]:
        if self.case.category_id is None:
            return []
        here, code = area_of(self.case, self.numbers), catalogue(self.numbers).by_id[self.case.category_id].code
        ruling = ruling_for(self.case, code, here, level=self.case.holder_level, at=self.at, numbers=self.numbers)
        return [ruling.lead_unit, *ruling.assists] if ruling else []

    def posts(self) -> list[Choice]:
        """Return the posts that may go and look."""
        return self._posts("cases.check")

    def _posts(self, permission: str) -> list[Choice]:
        """Return posts at the case's grid and community that have the permission. One statement."""
        places = [place for place in (self.case.grid_id, self.case.community_id) if place is not None]
        if not places:
            return []
        found = current_posts(self.at).filter(role__permissions__contains=[permission], area_id__in=places)
        rows = found.select_related("role", "account", "area").order_by("role__sort", "pk")[:_MOST_POSTS]
        return [(str(post.pk), post_label(post)) for post in rows]

    def deciders(self) -> list[Choice]:
        """Return the posts that may decide what was asked, but for the asker's and one's own. Two statements."""
        asked = self.case.approvals.filter(state="asked").values_list("asked_by_id", flat=True).first()
        found = deciders(self.case, at=self.at).exclude(account__in=[self.actor.account_id, asked or 0])
        rows = found.select_related("role", "account", "area").order_by("role__sort", "pk")[:_MOST_POSTS]
        return [(str(post.pk), post_label(post)) for post in rows]

    def handlers(self) -> list[Choice]:
        """Return the colleagues of the actor's unit. One statement."""
        units = self.actor.scope("cases.handle").unit_ids
        own = Account.objects.filter(posts__in=current_posts(self.at).filter(unit_id__in=units)).distinct()
        return [(str(account.pk), account.name) for account in own.order_by("pk")[:200]]

    def cases(self) -> list[Choice]:
        """Return like cases that the actor sees and that are open."""
        found = similar_to(self.case, flow_settings(self.numbers), limit=8)
        alike = {each.case.pk: each for each in found if each.case.ended_at is None}
        seen = Case.objects.visible_to(self.actor).filter(pk__in=alike).values_list("pk", flat=True)
        return [(alike[pk].case.number, alike[pk].case.title) for pk in alike if pk in set(seen)]

    def called(self) -> list[Choice]:
        """Return the units of the latest whistle that have yet to be rated."""
        latest = self.case.whistle_set.order_by("-pk").first()
        calls = Call.objects.filter(whistle=latest, rated_at=None).select_related("unit") if latest else ()
        return [(call.unit.code, call.unit.short_name or call.unit.name) for call in calls]

    def reasons(self, act: str) -> list[Choice]:
        """Return the place's reasons for an act."""
        return list(flow_settings(self.numbers).reasons.get(act, {}).items())

    def limit_units(self) -> list[Choice]:
        """Return the kinds of time an extension can be asked in: only that of the running limit."""
        clocks = self.case.clocks.filter(subject="stage", stopped_at=None).values_list("limit_unit", flat=True)
        unit = next(iter(clocks), "work_day")
        if unit in _WORK:
            return [("work_hour", _("工作时")), ("work_day", _("工作日"))]
        return [("urgent_hour", _("小时（昼夜连续）")), ("natural_day", _("天（昼夜连续）"))]


def post_label(post: Post) -> str:
    """Say a post with its place and its holder, masked."""
    area = post.area.name if post.area is not None else ""
    return f"{area} {post.title or post.role.label} {mask_name(post.account.name)}".strip()


def _name(unit: UnitNode) -> str:
    return unit.short_name or unit.name


def _by_kind(units: Iterable[UnitNode], numbers: Mapping[str, int]) -> list[Group]:
    kinds: Sequence[Mapping[str, str]] = current("unit_kinds", numbers) or []
    labels = {kind["key"]: kind["label"] for kind in kinds}
    groups: dict[str, list[Choice]] = {}
    for unit in units:
        groups.setdefault(labels.get(unit.kind, _("其他单位")), []).append((unit.code, _name(unit)))
    return list(groups.items())
