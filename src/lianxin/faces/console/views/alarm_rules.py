"""告警规则: the list, one with its editions and trials, writing, trying, putting in force and off."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.console import alarming, trying
from lianxin.faces.console.alarming import DOOR, HOME
from lianxin.faces.console.forms_alarms import FIELDS, PublishForm, RuleForm, TrialForm, WhyForm, initial_of
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.saving import Done, NothingForm, Question, ask, done, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Crumb
from lianxin.foundation.areas import queries as areas
from lianxin.kernel import ids
from lianxin.kernel.errors import Invalid, NotFound
from lianxin.registry.sensors.settings import practice
from lianxin.work.alarms import actions, queries, rules, wording
from lianxin.work.alarms.knowing import known
from lianxin.work.alarms.models import AlarmRule, RuleTrial
from lianxin.work.alarms.permissions import RULES, VIEW
from lianxin.work.alarms.rules import Spec
from lianxin.work.alarms.settings import alarm_settings

_MONTH = timedelta(days=30)
_ORDER = {"live": 0, "draft": 1, "off": 2}


def _may_write(asked: Request) -> bool:
    return asked.actor.scope(RULES).everywhere


def _url(rule: AlarmRule) -> str:
    return reverse("console:alarm_rule", args=[rule.key])


def _spec(rule: AlarmRule) -> Spec:
    """Return what is in force, or the draft of what never was."""
    content = rule.draft if rule.live_number is None else rule.editions.get(number=rule.live_number).content
    return rules.read(content or {})


@require_safe
@staff_only(VIEW, RULES)
def listing(request: HttpRequest) -> HttpResponse:
    """List all rules in words, with how often each called within a month."""
    asked = cast("Request", request)
    found = sorted(AlarmRule.objects.all()[:500], key=lambda rule: (_ORDER[rule.state], rule.device_kind, rule.name))
    editions = {
        (row.rule_id, row.number): row.content
        for rule in found
        for row in rule.editions.filter(number=rule.live_number or 0)
    }
    counts = queries.alarm_counts([rule.pk for rule in found], since=asked.at - _MONTH)
    rows = [
        _row(asked, rule, rules.read(editions.get((rule.pk, rule.live_number or 0)) or rule.draft or {}), counts)
        for rule in found
    ]
    return page(
        request, "console/alarms/rules.html", door=DOOR, title=_("告警规则"), tabs=alarming.tabs(asked, HOME),
        rows=rows, may_write=_may_write(asked), live=sum(rule.state == "live" for rule in found), total=len(found),
    )  # fmt: skip


def _row(asked: Request, rule: AlarmRule, spec: Spec, counts: Any) -> dict[str, Any]:
    called, standing = counts.get(rule.pk, (0, 0))
    return {
        "rule": rule, "url": _url(rule), "says": wording.sentence(spec), "called": called, "standing": standing,
        "kind": practice(asked.numbers).kind(spec.device_kind).label if spec.device_kind else _("所有设备"),
        "where": _where(asked, spec), "badges": [alarming.badge(step.level) for step in spec.steps],
        "has_draft": rule.draft is not None and rule.state != "draft",
    }  # fmt: skip


def _where(asked: Request, spec: Spec) -> str:
    if spec.devices:
        return _("%(count)d 台设备") % {"count": len(spec.devices)}
    area = areas.atlas(asked.at, asked.numbers).by_code.get(spec.area) if spec.area else None
    if spec.area and area is None:
        return _("区域已撤销")
    return " ".join(area.breadcrumb[1:] or area.breadcrumb) if area else _("全域")


@require_safe
@staff_only(VIEW, RULES)
def rule(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a rule: in words, its draft beside what is in force, its editions, trials and history."""
    asked = cast("Request", request)
    found = queries.rule_or_404(key)
    spec = _spec(found)
    draft = rules.read(found.draft) if found.draft is not None and found.live_number is not None else None
    called, standing = queries.alarm_counts([found.pk], since=asked.at - _MONTH).get(found.pk, (0, 0))
    editions = list(found.editions.order_by("-number")[:20])
    return page(
        request, "console/alarms/rule.html", door=DOOR, title=found.name, rule=found, facts=_facts(asked, spec),
        crumbs=[Crumb(_("告警规则"), reverse(HOME)), Crumb(found.name)], says=wording.sentence(spec), spec=spec,
        draft=_facts(asked, draft) if draft else None, draft_says=wording.sentence(draft) if draft else "",
        badges=[alarming.badge(step.level) for step in spec.steps], may_write=_may_write(asked), called=called,
        standing=standing, editions=[(row, wording.sentence(rules.read(row.content))) for row in editions],
        trials=[(row, trying.headline(row)) for row in found.trials.order_by("-asked_at")[:6]], trial_form=TrialForm(),
        story=alarming.story(queries.rule_story(found)), client_id=ids.uuid7(asked.at),
    )  # fmt: skip


def _facts(asked: Request, spec: Spec) -> list[tuple[str, str]]:
    """Return a rule as facts, one after the other."""
    kind = practice(asked.numbers).kind(spec.device_kind).label if spec.device_kind else _("所有设备")
    told = [
        (_("哪些设备"), f"{kind} · {_where(asked, spec)}"),
        (_("怎样算异常"), wording.condition(spec)),
        (_("恢复"), wording.recovery(spec)),
        (_("什么时候看"), wording.awake(spec.windows)),
        (_("报的故障"), alarm_settings(asked.numbers).fault(spec.fault)),
        (_("然后"), "，".join(wording.effects(spec)) or _("只在告警里显示")),
    ]
    if spec.makes_case:
        shown = {name: f"‹{label}›" for name, label in rules.PLACES.items()}
        told.append((_("案件里写"), rules.fill(spec.text or str(rules.TEXT), shown)))
    return told


@require_http_methods(["GET", "POST"])
@staff_only(RULES)
def add(request: HttpRequest) -> HttpResponse:
    """Begin a rule."""
    asked = cast("Request", request)
    given = request.POST.get("client_id", "")
    key = ids.parse(given, field="client_id") if given else ids.uuid7(asked.at)
    form = RuleForm(request.POST or None, asked=asked, initial={"what": request.GET.get("what", ""), "op": "gt"})

    def act(_values: dict[str, Any]) -> Done:
        made = _mapped(lambda: actions.draft_rule(asked.actor, key=key, content=form.content(), at=asked.at))
        return Done(_url(made), _("草稿已存好，先试算一下再启用"))

    return save(
        request, form, act, template="console/alarms/rule_form.html", door=DOOR, title=_("新规则"), verb=_("存为草稿"),
        back_url=reverse(HOME), client_id=key, preview=_preview(asked, form) if request.POST else None,
    )  # fmt: skip


def _mapped(act: Any) -> AlarmRule:
    """Do an act; what is wrong with a part of the rule stands at the field that asks for it."""
    try:
        made: AlarmRule = act()
    except Invalid as invalid:
        raise Invalid({FIELDS.get(name, name): sentence for name, sentence in invalid.fields.items()}) from None
    return made


@require_http_methods(["GET", "POST"])
@staff_only(RULES)
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change what a rule would say; what is in force stays until it is published."""
    asked = cast("Request", request)
    found = queries.rule_or_404(key)
    spec = rules.read(found.draft) if found.draft is not None else _spec(found)
    form = RuleForm(request.POST or None, asked=asked, initial={**initial_of(spec), "seen": found.version})

    def act(values: dict[str, Any]) -> Done:
        _mapped(
            lambda: actions.write_draft(
                asked.actor, rule=found, content=form.content(), seen=values["seen"], at=asked.at
            )
        )
        return Done(_url(found), _("草稿已存好，先试算一下再启用"))

    return save(
        request, form, act, template="console/alarms/rule_form.html", door=DOOR, title=_("改规则"), verb=_("存为草稿"),
        back_url=_url(found), preview={"says": wording.sentence(spec), "faults": []},
    )  # fmt: skip


@require_POST
@staff_only(RULES)
def preview(request: HttpRequest) -> HttpResponse:
    """Say in words what a rule being written would do, or what is still wrong with it."""
    asked = cast("Request", request)
    form = RuleForm(request.POST, asked=asked)
    return render(request, "console/alarms/preview.html", {"preview": _preview(asked, form)})


def _preview(asked: Request, form: RuleForm) -> dict[str, Any]:
    if not form.is_valid():
        return {"says": "", "faults": [str(fault) for faults in form.errors.values() for fault in faults]}
    content = form.content()
    try:
        spec = rules.check(content, known(asked.at, content["devices"]))
    except Invalid as invalid:
        return {"says": "", "faults": list(invalid.fields.values())}
    return {"says": wording.sentence(spec), "recovers": wording.recovery(spec), "awake": wording.awake(spec.windows),
            "faults": []}  # fmt: skip


@require_POST
@staff_only(RULES)
def try_it(request: HttpRequest, key: UUID) -> HttpResponse:
    """Try a rule on the past, and show what came out."""
    asked = cast("Request", request)
    found = queries.rule_or_404(key)
    form = TrialForm(request.POST)
    days = form.cleaned_data["days"] if form.is_valid() else 7
    given = request.POST.get("client_id", "")
    client_id = ids.parse(given, field="client_id") if given else ids.uuid7(asked.at)
    made = actions.try_rule(asked.actor, key=client_id, rule=found, days=days, at=asked.at)
    said = _("试算好了：%(what)s") % {"what": trying.headline(made)}
    return done(request, Done(reverse("console:alarm_trial", args=[found.key, made.key]), said))


@require_safe
@staff_only(RULES)
def trial(request: HttpRequest, key: UUID, trial_key: UUID) -> HttpResponse:
    """Show what a rule would have done: figures, days, alarms."""
    asked = cast("Request", request)
    found = queries.rule_or_404(key)
    made = RuleTrial.objects.filter(key=trial_key, rule=found).first()
    if made is None:
        raise NotFound(_("没有这次试算，或者已经过期清理。"))
    spec = rules.read(made.content)
    return page(
        request, "console/alarms/trial.html", door=DOOR, title=_("试算"), rule=found, trial=made, result=made.result,
        crumbs=[Crumb(_("告警规则"), reverse(HOME)), Crumb(found.name, _url(found)), Crumb(_("试算"))],
        says=wording.sentence(spec), chart=trying.chart(asked, made), rows=trying.rows(asked, made, spec),
        is_current=made.content == (found.draft or _spec(found).content()), may_publish=_may_write(asked),
        lasted=timedelta(seconds=made.result["longest"]), median=timedelta(seconds=made.result["median"]),
        form=TrialForm(initial={"days": (made.until - made.since).days}), client_id=ids.uuid7(asked.at),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(RULES)
def publish(request: HttpRequest, key: UUID) -> HttpResponse:
    """Put the draft in force."""
    asked = cast("Request", request)
    found = queries.rule_or_404(key)
    says = wording.sentence(rules.read(found.draft)) if found.draft else ""
    effect = _("从下一条读数起就按它看：%(says)s。") % {"says": says}
    question = Question(_("启用“%(name)s”") % {"name": found.name}, effect, _("启用"), _url(found), is_danger=False)
    form = PublishForm(request.POST or None) if found.live_number else NothingForm(request.POST or None)

    def act(values: dict[str, Any]) -> Done:
        actions.publish(asked.actor, rule=found, why=values.get("why", ""), at=asked.at)
        return Done(_url(found), _("已启用，从下一条读数起生效"))

    return ask(request, form, question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only(RULES)
def switch_off(request: HttpRequest, key: UUID) -> HttpResponse:
    """Put a rule off."""
    asked = cast("Request", request)
    found = queries.rule_or_404(key)
    effect = _("它不再看任何读数；由它报的、没有立案的告警一分钟内结束。随时可以再启用。")
    question = Question(_("停用“%(name)s”") % {"name": found.name}, effect, _("停用"), _url(found))

    def act(values: dict[str, Any]) -> Done:
        actions.switch_off(asked.actor, rule=found, why=values["why"], at=asked.at)
        return Done(_url(found), _("已停用"))

    return ask(request, WhyForm(request.POST or None), question, act, door=DOOR)


@require_POST
@staff_only(RULES)
def switch_on(request: HttpRequest, key: UUID) -> HttpResponse:
    """Put a rule that is off in force again."""
    asked = cast("Request", request)
    found = queries.rule_or_404(key)
    actions.switch_on(asked.actor, rule=found, at=asked.at)
    return done(request, Done(_url(found), _("已重新启用")))


@require_http_methods(["GET", "POST"])
@staff_only(RULES)
def discard(request: HttpRequest, key: UUID) -> HttpResponse:
    """Drop the draft."""
    asked = cast("Request", request)
    found = queries.rule_or_404(key)
    is_new = found.live_number is None
    effect = _("这条规则从来没有启用过，会整条删掉。") if is_new else _("丢掉没有启用的改动，正在用的不变。")
    question = Question(_("放弃草稿“%(name)s”") % {"name": found.name}, effect, _("放弃草稿"), _url(found))

    def act(_values: dict[str, Any]) -> Done:
        kept = actions.discard(asked.actor, rule=found, at=asked.at)
        return Done(_url(kept) if kept is not None else reverse(HOME), _("草稿已放弃"))

    return ask(request, NothingForm(request.POST or None), question, act, door=DOOR)
