"""From the codes people and programs use to the things behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.errors import Invalid
from lianxin.work.cases.actions import Filing, Target
from lianxin.work.cases.keeping import component_numbered
from lianxin.work.cases.models import Case, FilingStandard
from lianxin.work.dispatch.queries import catalogue

from .inputs import FilingIn
from .kinds import TargetFields


@dataclass(frozen=True, slots=True)
class Resolver:
    """Finds what codes stand for, as of now and as far as the actor may know."""

    actor: Actor
    numbers: Mapping[str, int]
    at: datetime
    case: Case | None = None

    def category(self, code: str | None) -> int | None:
        """Return the id of a category in use."""
        if code is None:
            return None
        found = catalogue(self.numbers).by_code.get(code)
        if found is None:
            raise Invalid({"category": _("没有这个分类，或它已停用。")})
        return found.id

    def area(self, code: str | None) -> int | None:
        """Return the id of an area in force."""
        if code is None:
            return None
        found = areas.atlas(self.at, self.numbers).by_code.get(code)
        if found is None:
            raise Invalid({"area": _("没有这个社区或网格，请重新选择。")})
        return found.id

    def component(self, number: str | None) -> UUID | None:
        """Return the key of the component with a number. Whoever stands before its label may name it."""
        if number is None:
            return None
        return component_numbered(number).key

    def unit(self, code: str, *, field: str = "unit") -> int:
        """Return the id of a unit in force."""
        found = organizations.directory(self.numbers).by_code.get(code)
        if found is None or not found.in_force(self.at):
            raise Invalid({field: _("没有这个单位，或它已撤销。")})
        return found.id

    def units(self, codes: Sequence[str], *, field: str) -> list[int]:
        """Return the ids of several units."""
        return [self.unit(code, field=field) for code in codes]

    def target(self, given: TargetFields, *, field: str) -> Target:
        """Return whom a case is dispatched to."""
        unit_id = self.unit(given.unit, field=field) if given.unit is not None else None
        return Target(unit_id=unit_id, post_id=given.post, task=given.task)

    def targets(self, given: Sequence[TargetFields], *, field: str) -> list[Target]:
        """Return several."""
        return [self.target(each, field=field) for each in given]

    def filing(self, given: FilingIn) -> Filing:
        """Return what a case is filed as."""
        category_id = self.category(given.category)
        standard_id = self._standard(given.standard, category_id)
        return Filing(category_id, standard_id, given.severity or "", given.kind or "")

    def _standard(self, row: str | None, category_id: int | None) -> int | None:
        if row is None:
            return None
        category = category_id or (self.case.category_id if self.case else None)
        rows = FilingStandard.objects.filter(category_id=category or 0, row=row, valid_to=None)
        found = rows.values_list("pk", flat=True).first()
        if found is None:
            raise Invalid({"standard": _("这条立案标准不属于所选分类，或已失效。")})
        return found

    def account(self, account_id: int | None, *, field: str) -> Account | None:
        """Return a member of staff."""
        if account_id is None:
            return None
        found = Account.objects.filter(pk=account_id, kind=Account.Kind.STAFF, disabled_at=None).first()
        if found is None:
            raise Invalid({field: _("只能指派给本单位的同事。")})
        return found

    def other_case(self, number: str) -> Case:
        """Return another case that the actor sees."""
        found = Case.objects.visible_to(self.actor).filter(number=number).first()
        if found is None:
            raise Invalid({"into": _("没有这个案件，或不在您的辖区。")})
        return found
