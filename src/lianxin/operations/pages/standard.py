"""One row of the filing standard (改一条标准): what it says now, its versions, and a new one with a reason."""

from dataclasses import replace
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.saving import Done, done, faults_into
from lianxin.faces.identity.request import Request
from lianxin.foundation.audit.actions import record
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.worktime.limits import Limit, Unit
from lianxin.operations.sheets.standards import content_of
from lianxin.work.cases.actions import standards
from lianxin.work.cases.models import Case, FilingStandard

from .forms import StandardForm
from .profile import DOOR


@require_http_methods(["GET", "POST"])
@staff_only("config.manage")
def standard(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a row in force: it ends, and its next version begins; filed cases keep theirs."""
    asked = cast("Request", request)
    row = FilingStandard.objects.select_related("category").filter(pk=pk).first()
    if row is None:
        raise NotFound(_("没有这条标准。"))
    limit = Limit(row.limit_value, Unit(row.limit_unit))
    held = content_of(row)
    form = StandardForm(request.POST or None, initial={
        "condition": held.condition, "severity": held.severity, "limit": limit.label,
        "closing": held.closing_condition, "evidence": list(held.evidence), "basis": held.basis,
    })  # fmt: skip
    back = f"{reverse('profile:standards')}?category={row.category.code}"
    if form.is_bound and form.is_valid():
        with faults_into(form):
            number = _save(asked, row, form.cleaned_data)
            return done(request, Done(back, _("已改为第 {version} 版，新立的案照它办").format(version=number)))
    versions = FilingStandard.objects.filter(category=row.category, row=row.row).order_by("-version")[:12]
    return page(
        request, "operations/standard.html", door=DOOR, title=_("改标准：{name}").format(name=row.category.name),
        row=row, form=form, back_url=back, status=422 if form.errors else 200,
        versions=[(one, Limit(one.limit_value, Unit(one.limit_unit)).label) for one in versions],
        cases=Case.objects.filter(standard=row, ended_at=None).count(),
    )  # fmt: skip


def _save(asked: Request, row: FilingStandard, values: dict[str, Any]) -> int:
    if row.valid_to is not None:
        raise Refused("standard_ended", _("这一条刚被改过，请看最新的一版。"))
    if not values["reason"].strip():
        raise Invalid({"reason": _("请写明为什么改。")})
    limit = Limit.parse(values["limit"])
    wanted = replace(
        content_of(row), condition=values["condition"], severity=values["severity"], limit_value=limit.value,
        limit_unit=str(limit.unit), closing_condition=values["closing"], evidence=tuple(values["evidence"]),
        basis=values["basis"],
    )  # fmt: skip
    done_ = standards.load_standards(asked.actor, [wanted], at=asked.at)
    if done_.changed:
        record(asked.actor, "config.standard", at=asked.at, subject_kind="standard", subject_label=wanted.key,
               reason=values["reason"].strip(), detail={"version": row.version + 1})  # fmt: skip
    return row.version + 1 if done_.changed else row.version
