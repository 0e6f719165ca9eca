"""All acts on a case in one table: its name, what it is told, and the one call it makes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from lianxin.kernel.flow import Step
from lianxin.work.cases import actions as cases
from lianxin.work.cases import rules

from . import inputs
from .kinds import Input
from .resolving import Resolver

T = TypeVar("T", bound=Input)
Arguments = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act(Generic[T]):
    """One act. `arguments` turns its input into the keywords of `call`."""

    name: str
    call: Callable[..., Any]
    schema: type[T]
    arguments: Callable[[T, Resolver], Arguments]

    @property
    def step(self) -> Step:
        """The step of the flow: its label, from where, who."""
        return rules.FLOW[self.name]


ACTS: dict[str, Act[Any]] = {}


def _act(
    name: str, call: Callable[..., Any], schema: type[T], arguments: Callable[[T, Resolver], Arguments] | None = None
) -> None:
    ACTS[name] = Act(name, call, schema, arguments or _as_given)


def _as_given(data: Input, _resolver: Resolver) -> Arguments:
    return {name: getattr(data, name) for name in type(data).model_fields}


def _at_point(data: inputs.FieldIn | inputs.ReworkIn | inputs.ReportCheckIn, resolver: Resolver) -> Arguments:
    return _as_given(data, resolver) | {"point": data.point.point if data.point else None}


def _where(data: inputs.PlaceIn | inputs.AmendIn, resolver: Resolver) -> Arguments:
    return {
        "point": data.point.point if data.point else None,
        "area_id": resolver.area(data.area),
        "address": data.address,
    }


def _amend(data: inputs.AmendIn, resolver: Resolver) -> Arguments:
    about = {
        "component": resolver.component(data.component), "component_state": data.component_state or "",
        "detach": data.detach,
    }  # fmt: skip
    return _where(data, resolver) | about | {"filing": resolver.filing(data), "title": data.title, "note": data.note}


def _seen(data: inputs.CloseIn | inputs.ForceCloseIn, resolver: Resolver) -> Arguments:
    return _as_given(data, resolver) | {"component_state": data.component_state or ""}


def _verify(data: inputs.VerifyIn, resolver: Resolver) -> Arguments:
    return _at_point(data, resolver) | {"component_state": data.component_state or ""}


def _file(data: inputs.FileIn, resolver: Resolver) -> Arguments:
    return {"filing": resolver.filing(data), "note": data.note}


def _dispatch(data: inputs.DispatchIn, resolver: Resolver) -> Arguments:
    return {
        "lead": resolver.target(data.lead, field="lead"),
        "assists": resolver.targets(data.assists, field="assists"),
        "note": data.note,
    }


def _assists(data: inputs.AssistsIn, resolver: Resolver) -> Arguments:
    return {"assists": resolver.targets(data.assists, field="assists"), "note": data.note}


def _consult(data: inputs.ConsultIn, resolver: Resolver) -> Arguments:
    return {
        "note": data.note,
        "plan": data.plan,
        "lead": resolver.target(data.lead, field="lead") if data.lead else None,
        "assists": resolver.targets(data.assists, field="assists"),
    }


def _whistle(data: inputs.WhistleIn, resolver: Resolver) -> Arguments:
    return _as_given(data, resolver) | {"units": resolver.units(data.units, field="units")}


def _rate(data: inputs.RateIn, resolver: Resolver) -> Arguments:
    return {
        "stars": {resolver.unit(code, field="stars"): given for code, given in data.stars.items()},
        "note": data.note,
    }


def _split(data: inputs.SplitIn, resolver: Resolver) -> Arguments:
    return {"parts": [(part.title, resolver.filing(part)) for part in data.parts]}


def _evaluate(data: inputs.EvaluateIn, resolver: Resolver) -> Arguments:
    return _as_given(data, resolver) | {"solved": data.solved or "", "satisfaction": data.satisfaction or ""}


_act("place", cases.place, inputs.PlaceIn, _where)
_act("check", cases.check, inputs.CheckIn, lambda data, _: {"request": data.request, "post_id": data.post})
_act("report_check", cases.report_check, inputs.ReportCheckIn, _at_point)
_act("answer", cases.answer, inputs.Noted)
_act(
    "resolve_on_spot", cases.resolve_on_spot, inputs.ResolveIn,
    lambda data, resolver: {"note": data.note, "category_id": resolver.category(data.category)},
)  # fmt: skip
_act("file", cases.file, inputs.FileIn, _file)
_act("dispatch", cases.dispatch, inputs.DispatchIn, _dispatch)
_act("rule", cases.rule, inputs.RuleIn, _dispatch)
_act("accept", cases.accept, inputs.Bare)
_act("contact", cases.contact, inputs.Noted)
_act(
    "assign", cases.assign, inputs.AssignIn,
    lambda data, resolver: {"handler": resolver.account(data.handler, field="handler"), "crew": data.crew},
)  # fmt: skip
_act("progress", cases.progress, inputs.ProgressIn)
_act("handle", cases.handle, inputs.HandleIn)
_act(
    "ask_extension", cases.ask_extension, inputs.ExtendIn,
    lambda data, _: {"more": data.more.limit, "note": data.note},
)  # fmt: skip
_act("ask_postponement", cases.ask_postponement, inputs.ReviewIn)
_act("ask_suspension", cases.ask_suspension, inputs.ReviewIn)
_act("approve", cases.approve, inputs.Remarked)
_act("refuse", cases.refuse, inputs.Noted)
_act("forward", cases.forward, inputs.ForwardIn, lambda data, _: {"post_id": data.post, "note": data.note})
_act("resume", cases.resume, inputs.Remarked)
_act("return", cases.give_back, inputs.ReasonedNoted)
_act("recall", cases.recall, inputs.Remarked)
_act("add_assist", cases.add_assist, inputs.AssistsIn, _assists)
_act("verify", cases.verify, inputs.VerifyIn, _verify)
_act("rework", cases.rework, inputs.ReworkIn, _at_point)
_act("close", cases.close, inputs.CloseIn, _seen)
_act("decline", cases.decline, inputs.Reasoned)
_act("refer", cases.refer, inputs.Reasoned)
_act("merge", cases.merge, inputs.MergeIn, lambda data, resolver: {"into": resolver.other_case(data.into)})
_act("unmerge", cases.unmerge, inputs.Remarked)
_act("split", cases.split, inputs.SplitIn, _split)
_act("amend", cases.amend, inputs.AmendIn, _amend)
_act("escalate", cases.escalate, inputs.Noted)
_act("delegate", cases.delegate, inputs.Remarked)
_act("whistle", cases.whistle, inputs.WhistleIn, _whistle)
_act("report_in", cases.report_in, inputs.Remarked)
_act("nudge", cases.nudge, inputs.Remarked)
_act("consult", cases.consult, inputs.ConsultIn, _consult)
_act("rate", cases.rate, inputs.RateIn, _rate)
_act("supervise", cases.supervise, inputs.SuperviseIn)
_act("answer_supervision", cases.answer_supervision, inputs.Noted)
_act("hand_over", cases.hand_over, inputs.HandOverIn)
_act("force_close", cases.force_close, inputs.ForceCloseIn, _seen)
_act("void", cases.void, inputs.ReasonedNoted)
_act("call_back", cases.call_back, inputs.CallBackIn)
_act("reopen", cases.reopen, inputs.Noted)
_act("appeal", cases.appeal, inputs.Noted)
_act("add", cases.add, inputs.AddIn)
_act("urge", cases.urge, inputs.Remarked)
_act("thank", cases.thank, inputs.Remarked)
_act("withdraw", cases.withdraw, inputs.Remarked)
_act("evaluate", cases.evaluate, inputs.EvaluateIn, _evaluate)
_act("annotate", cases.annotate, inputs.Noted)
_act("reply", cases.reply, inputs.Noted)
