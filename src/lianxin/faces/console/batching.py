"""One act on many cases: what will happen to each, which are refused and why; then each in a transaction of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel

from lianxin.faces.acts import performing
from lianxin.faces.acts.parsing import parse_form
from lianxin.faces.console import doing, presence, proposing
from lianxin.faces.console.rows import place_of
from lianxin.faces.console.sending import file_and_dispatch
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Page
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import LianxinError
from lianxin.kernel.idempotency.claims import claim, fingerprint
from lianxin.work.cases import rules
from lianxin.work.cases.change import Change
from lianxin.work.cases.models import Case
from lianxin.work.cases.words import Stage

MOST = 100
SEND = "file_dispatch"


@dataclass(frozen=True, slots=True)
class BatchAct:
    """An act that may be taken on many at once. `key` is pressed while rows are chosen."""

    name: str
    label: str | Promise
    permissions: tuple[str, ...]
    effect: str | Promise = ""  # for each case, where the act alone does not say it
    key: str = ""
    on_bar: bool = False


ACTS: Mapping[str, BatchAct] = {
    act.name: act
    for act in (
        BatchAct(SEND, gettext_lazy("立案派遣"), ("cases.file", "cases.dispatch"), key="d", on_bar=True),
        BatchAct(
            "verify",
            gettext_lazy("核查通过"),
            ("cases.verify",),
            gettext_lazy("转为已核查，等结案"),
            key="y",
            on_bar=True,
        ),
        BatchAct(
            "close", gettext_lazy("结案"), ("cases.close",), gettext_lazy("结案，请上报人评价"), key="c", on_bar=True
        ),
        BatchAct("supervise", gettext_lazy("督办"), ("cases.supervise",), gettext_lazy("督办，列着直到答复")),
        BatchAct("check", gettext_lazy("请网格员核实"), ("cases.check",), gettext_lazy("本网格收到核实任务"), key="v"),
        BatchAct("escalate", gettext_lazy("上报上级"), ("cases.escalate",), gettext_lazy("交给上一级接着办"), key="e"),
        BatchAct(
            "decline", gettext_lazy("不予立案"), ("cases.decline",), gettext_lazy("就此结束，上报人可申诉一次"), key="n"
        ),
        BatchAct("recall", gettext_lazy("撤回派遣"), ("cases.recall",), gettext_lazy("收回还没签收的任务")),
        BatchAct("annotate", gettext_lazy("备注"), ("cases.annotate",), gettext_lazy("加一条内部备注"), key="b"),
    )
}
# What makes sense for one case only: where exactly, who exactly.
_NOT_TOGETHER = frozenset({"point", "post", "component", "component_state", "detach"})


def offered(actor: Actor) -> list[BatchAct]:
    """Return the acts that some post of the actor may take."""
    return [act for act in ACTS.values() if any(actor.may(permission) for permission in act.permissions)]


@dataclass(frozen=True, slots=True)
class Beyond:
    """What a list holds beside the page that is shown: `count` is how many all together would be taken."""

    words: str
    count: str


def beyond(pager: Page, shown: int) -> Beyond | None:
    """Return what else of a list may be taken at once; None where the page shows it all."""
    total = pager.total
    if total == shown or not (pager.next_url or pager.previous_url):
        return None
    rest = _("还有更多") if total is None else _("还有 %(count)d 件") % {"count": total - shown}
    count = _("最多 %(most)d") % {"most": MOST} if total is None else str(min(total, MOST))
    return Beyond(_("这一页之外%(rest)s：全选（最多 %(most)d）") % {"rest": rest, "most": MOST}, count)


def schema_of(name: str) -> type[BaseModel] | None:
    """Return what is told with the act, the same for all; None where each case tells its own."""
    return None if name == SEND else performing.act_named(name).schema


def shared_fields(schema: type[BaseModel]) -> list[str]:
    """Return the names of what may be told for all together."""
    return [name for name in schema.model_fields if name not in _NOT_TOGETHER]


def told(name: str, form: QueryDict) -> Any:
    """Return what was told for all. Raises Invalid, a sentence a field."""
    schema = schema_of(name)
    if schema is None:
        return None
    own = QueryDict(mutable=True)
    for field in shared_fields(schema):
        if field in form:
            own.setlist(field, form.getlist(field))
    return parse_form(schema, own)


def found(actor: Actor, numbers: Sequence[str]) -> list[Case]:
    """Return the cases by number that the actor sees, in the order given, at most a hundred. One statement."""
    wanted = list(dict.fromkeys(numbers))[:MOST]
    visible = Case.objects.visible_to(actor).select_related("category__parent", "standard", "parent", "merged_into")
    by_number = {case.number: case for case in visible.filter(number__in=wanted)}
    return [by_number[number] for number in wanted if number in by_number]


@dataclass(frozen=True, slots=True)
class Line:
    """What will become of one case: `effect`, or why not."""

    case: Case
    place: str
    effect: str = ""
    refusal: str = ""
    category: str = ""
    looked_at_by: str = ""


def lines(request: Request, act: BatchAct, cases: Sequence[Case]) -> list[Line]:
    """Return what the act will do to each case, by the rules that will judge it."""
    looking = presence.others(request.actor, [case.pk for case in cases], at=request.at)
    return [_line(request, act, case, looking.get(case.pk, "")) for case in cases]


def _line(request: Request, act: BatchAct, case: Case, looking: str) -> Line:
    place = place_of(case, request.numbers)
    names = ["file" if case.stage == Stage.REPORTED else "dispatch"] if act.name == SEND else [act.name]
    stopped = next(filter(None, (_obstacle(request, case, name) for name in names)), None)
    if stopped is not None:
        return Line(case, place, refusal=stopped.sentence)
    if act.name != SEND:
        return Line(case, place, effect=str(act.effect or act.label), looked_at_by=looking)
    return _sending(request, case, place, looking)


def _obstacle(request: Request, case: Case, name: str) -> LianxinError | None:
    return rules.obstacle(rules.FLOW[name], Change(case, request.actor, request.at, request.numbers).asking)


def _sending(request: Request, case: Case, place: str, looking: str) -> Line:
    choice = next(iter(proposing.proposed(case, at=request.at, numbers=request.numbers)), None)
    if choice is None:
        return Line(case, place, refusal=_("没有建议：请打开它自己选分类。"))
    named = _("立案为“%(name)s”") % {"name": choice.category.name} if case.stage == Stage.REPORTED else ""
    if choice.may_send and request.actor.may("cases.dispatch", case):
        sent = _("派给%(unit)s") % {"unit": choice.unit}
        if choice.limit is not None:
            sent = _("%(sent)s，限 %(limit)s") % {"sent": sent, "limit": choice.limit.label}
    elif not named:
        return Line(case, place, refusal=_("权责清单里没有本级能直接派的单位：请打开它来选。"))
    else:
        sent = _("先不派遣：权责清单里没有")
        if choice.unit:
            sent = _("先不派遣：本级不能直接派给%(unit)s") % {"unit": choice.unit}
    effect = "，".join(filter(None, (named, sent)))
    share = _("把握 %(share)d%%") % {"share": round(choice.confidence * 100)} if named else ""
    return Line(
        case, place, effect=" · ".join(filter(None, (effect, share))), category=choice.category.code,
        looked_at_by=looking,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case as the preview named it: the version that was seen, and the category that was proposed."""

    number: str
    seen: int | None
    category: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case; `refusal` says why nothing did, `changes` what came in between."""

    number: str
    title: str
    refusal: str = ""
    changes: tuple[str, ...] = ()
    version: int = 0
    is_out: bool = False  # dispatched, and may be recalled


def take(request: Request, act: BatchAct, chosen: Sequence[Chosen], data: Any, *, batch_id: UUID) -> list[Result]:
    """Take the act on each; sent again under the same id nothing happens twice.

    Each case has a transaction of its own: one that is refused leaves the others as they are.
    """
    cases = {case.number: case for case in found(request.actor, [each.number for each in chosen])}
    results = []
    for each in chosen[:MOST]:
        case = cases.get(each.number)
        if case is None:
            results.append(Result(each.number, "", refusal=_("没有这个案件，或不在您的辖区。")))
            continue
        outcome = doing.outcome(lambda case=case, each=each: _take(request, act, case, each, data, batch_id))  # type: ignore[misc]
        results.append(_result(act, case, outcome))
    return results


def _take(request: Request, act: BatchAct, case: Case, chosen: Chosen, data: Any, batch_id: UUID) -> Case:  # noqa: PLR0917 -- the one case of `take`
    key = uuid5(batch_id, f"{act.name} {case.number}")
    sent = fingerprint(case.pk, act.name, chosen.category, data.model_dump_json() if data is not None else "")
    claimed = claim(key, kind="case", action=f"batch.{act.name}", sent=sent, at=request.at, subject_id=case.pk)
    if not claimed.fresh:
        return Case.objects.get(pk=case.pk)
    if act.name == SEND:
        return file_and_dispatch(
            request.actor, case, chosen.category, seen=chosen.seen, at=request.at, numbers=request.numbers
        )
    return performing.perform(
        request.actor, act.name, case=case, seen=chosen.seen, at=request.at, data=data, numbers=request.numbers
    )


def _result(act: BatchAct, case: Case, outcome: doing.Outcome) -> Result:
    done = outcome.case
    if done is None:
        said = "；".join(outcome.faults.values()) or outcome.sentence
        return Result(case.number, case.title, refusal=said, changes=outcome.changes)
    is_out = act.name == SEND and done.stage == Stage.DISPATCHED
    return Result(done.number, done.title, version=done.version, is_out=is_out)
