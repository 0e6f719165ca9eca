"""The nine laws of a case: random people take random steps at random times on the real database.

LIANXIN_LAWS_EXAMPLES and LIANXIN_LAWS_STEPS ask for more than the suite does.
"""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

import factories
from casework import GRID_111, GRID_112, GRID_222, MINUTE, NOW, Desk, configure
from cast import Cast
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.kernel import versions
from lianxin.kernel.errors import LianxinError, NotAllowed, Stale
from lianxin.kernel.worktime.limits import Limit, Unit
from lianxin.kernel.worktime.queries import calendar as work_calendar
from lianxin.kernel.worktime.rules import Calendar, counted
from lianxin.work.cases import actions as cases
from lianxin.work.cases import rules, ticking
from lianxin.work.cases.actions import Filing, Report, Target
from lianxin.work.cases.models import Assignment, Call, Case, Clock, FieldTask, Whistle
from lianxin.work.cases.queries import public_view
from lianxin.work.cases.queries.page import may_see_reporter
from lianxin.work.cases.queries.trace import entries_of
from lianxin.work.cases.replay import differences
from lianxin.work.cases.settings import flow_settings
from lianxin.work.cases.words import OPEN

EXAMPLES = int(os.environ.get("LIANXIN_LAWS_EXAMPLES", "20"))
STEPS = int(os.environ.get("LIANXIN_LAWS_STEPS", "30"))

REPORTER_NAME, REPORTER_PHONE = "欧阳举报", "13987654321"
LEAKS = ("联系人电话 138-1234-5678。", "身份证 11010519491231002X，请核实。")
PLAIN = ("已经看过，正在办。", "好了。", "材料明天到。")
TABLES = (
    "cases", "clock", "assignment", "approval", "field_task", "whistle", "whistle_call", "case_feedback", "supervision",
    "case_reporter", "client_key", "journal_entry", "outbox",
)  # fmt: skip
_ALL = " UNION ALL ".join(
    f"SELECT '{table}', count(*), md5(string_agg(row::text, '|' ORDER BY row::text)) FROM {table} row"
    for table in TABLES
)
HANDLING_ACTS = frozenset({"accept", "handle", "progress", "resolve_on_spot"})
# Ends come seldom, so that cases live; what must come together by chance comes often when it can.
_SELDOM = (
    "void", "force_close", "withdraw", "decline", "refer", "answer", "merge", "annotate", "reply", "thank", "supervise",
    "hand_over", "urge", "add", "delegate", "place", "amend", "call_back", "evaluate",
)  # fmt: skip
_OFTEN = ("approve", "refuse", "resume", "rule", "report_check", "consult", "rate", "rework", "unmerge")
WEIGHTS = dict.fromkeys(_SELDOM, 1) | dict.fromkeys(_OFTEN, 25)


def _asking_of(case: Case, at: datetime) -> Callable[[Actor], rules.Asking]:
    """Return what everybody's page asks about a case."""
    still = list(Assignment.objects.filter(case=case, state__in=["offered", "accepted"]))
    whistle = Whistle.objects.filter(case=case).order_by("-id").first()
    calls = list(Call.objects.filter(whistle=whistle)) if whistle else []
    tasks = list(FieldTask.objects.filter(case=case, done_at=None, cancelled_at=None))
    known, practice = rules.Known(still, whistle, calls, tasks), flow_settings(versions.read())
    return lambda actor: rules.Asking(case, actor, known, practice, at)


def everything() -> list[tuple[Any, ...]]:
    """Return a fingerprint of every table that an act may write."""
    with connection.cursor() as cursor:
        cursor.execute(_ALL)
        return sorted(cursor.fetchall())


class Life(RuleBasedStateMachine):
    """A county in which everyone does anything at any time."""

    desk: Desk
    people: dict[str, Actor]
    begun: dict[int, set[int]]  # cases that stand at every stage when the example begins, and who handled them
    counters: list[tuple[str, int]]

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        # Sequences do not roll back, and numbers (so samples) hang on ids: an example must go the same way twice.
        with connection.cursor() as cursor:
            for sequence, value in self.counters:
                cursor.execute("SELECT setval(%s::regclass, %s)", [sequence, value])
        self.now = NOW + timedelta(hours=1)
        self.steps = 0
        self.sent: dict[UUID, tuple[Actor, Report, int]] = {}
        self.handlers = {pk: set(who) for pk, who in self.begun.items()}
        self.ids = list(self.handlers)
        self.touched: set[int] = set()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    # What happens.

    @initialize(
        skipped=st.sampled_from([(), (), ("dispatched",), ("handled",), ("verified",), ("handled", "verified")]),
        auto=st.booleans(),
    )
    def settle_the_practice(self, skipped: tuple[str, ...], auto: bool) -> None:
        configure(skipped=list(skipped), auto_close=auto, trivial=["010102"], returns_before_ruling=2)
        for text in ("路灯坏了", "井盖没了"):
            self._report(self.people["resident"], Report(text=text, point=GRID_111, phone=REPORTER_PHONE))

    # Hypothesis chooses the seed, the seed everything else: so no choice is rare, and dropping steps still shrinks.
    @rule(seed=st.integers(0, 2**32))
    def live(self, seed: int) -> None:
        self.steps += 1
        self.dice = Random(f"{seed} {self.steps}")
        self.now += MINUTE
        happens = [self.report, self.send_a_report_again, self.let_time_pass, self.take_a_stale_step,
                   self.take_an_offered_step, self.take_any_step, self.take_the_usual_step]  # fmt: skip
        self.dice.choices(happens, weights=[4, 2, 8, 4, 55, 12, 15])[0]()

    def report(self) -> None:
        dice = self.dice
        named = dice.random() < 0.5
        told = Report(
            text="小区门口积水很深",
            channel=dice.choice(["resident", "worker", "worker", "call", "hotline"]),
            kind=dice.choice(["", "hazard", "demand", "enquiry", "dispute"]),
            severity=dice.choice(["", "pressing", "urgent"]),
            point=dice.choice([GRID_111, GRID_111, GRID_112, GRID_222, None]),
            is_confidential=dice.random() < 0.3, has_consent=dice.random() < 0.3,
            name=REPORTER_NAME if named else "", phone=REPORTER_PHONE if named else "",
        )  # fmt: skip
        before = everything()
        try:
            self._report(self.people[dice.choice(["resident", "grid_worker", "seat", "nobody"])], told)
        except LianxinError:
            assert everything() == before

    def send_a_report_again(self) -> None:
        """Law 6."""
        client_id = self.dice.choice(list(self.sent))
        actor, told, case_id = self.sent[client_id]
        before = everything()
        assert cases.report(actor, client_id=client_id, report=told, at=self.now).pk == case_id
        assert everything() == before

    def let_time_pass(self) -> None:
        self.now += timedelta(minutes=self.dice.choice([20, 45, 180, 60 * 20, 60 * 24 * 4]))
        seen = set(Case.objects.values_list("pk", "version"))
        ticking.warn(at=self.now)
        ticking.mark_overdue(at=self.now)
        ticking.resume_due(at=self.now)
        before = everything()
        assert ticking.warn(at=self.now) == ticking.mark_overdue(at=self.now) == ticking.resume_due(at=self.now) == 0
        assert everything() == before
        self.touched |= {pk for pk, version in Case.objects.values_list("pk", "version") if (pk, version) not in seen}

    def take_an_offered_step(self) -> None:
        """Somebody takes a step that their page offers."""
        case = self._some_case()
        asking = _asking_of(case, self.now)
        offered = [(who, step.name) for who, actor in self.people.items() for step in rules.steps_for(asking(actor))]
        if offered:
            names = sorted({name for _who, name in offered})
            name = self.dice.choices(names, weights=[WEIGHTS.get(each, 6) for each in names])[0]
            self._take(name, self.dice.choice([who for who, each in offered if each == name]), case, offered=True)

    def take_any_step(self) -> None:
        """Somebody tries whatever comes to mind."""
        self._take(self.dice.choice(rules.FLOW.names()), self.dice.choice(list(self.people)), self._some_case())

    def take_the_usual_step(self) -> None:
        """The right person does what comes next, so that cases get far."""
        case = self._some_case()
        usual = {
            "reported": ("file", "seat"), "filed": ("dispatch", "seat"), "dispatched": ("accept", "handler"),
            "handling": ("handle", "handler"), "handled": ("verify", "verifier"), "verified": ("close", "seat"),
        }  # fmt: skip
        if case.stage in usual:
            name, who = usual[case.stage]
            self._take(name, who, case)

    def take_a_stale_step(self) -> None:
        """Law 5: whoever looked earlier is told what changed, and changes nothing."""
        case = self._some_case()
        behind = self.dice.randint(1, 3)
        if case.version > behind:
            before = everything()
            with pytest.raises(Stale) as told:
                cases.annotate(self.people["seat"], case=case, seen=case.version - behind, at=self.now, note="看过")
            assert len(told.value.changes) == behind
            assert told.value.version == case.version
            assert everything() == before

    # How.

    def _some_case(self) -> Case:
        return Case.objects.get(pk=self.dice.choice(self.ids))

    def _report(self, actor: Actor, told: Report) -> None:
        client_id = UUID(int=len(self.sent) + 1)  # not a random one: an example must go the same way twice
        case = cases.report(actor, client_id=client_id, report=told, at=self.now)
        self.sent[client_id] = (actor, told, case.pk)
        self._know(case.pk)

    def _know(self, case_id: int) -> None:
        self.ids.append(case_id)
        self.touched.add(case_id)
        self.handlers[case_id] = set()

    def _take(self, name: str, who: str, case: Case, *, offered: bool = False) -> None:
        actor = self.people[who]
        arguments = self._arguments(name)
        act = getattr(cases, {"return": "give_back"}.get(name, name))
        before = everything()
        refusal: LianxinError | None = None
        try:
            done = act(actor, case=case, seen=case.version, at=self.now, **arguments)
        except LianxinError as error:
            refusal = error
        if refusal is not None:
            assert refusal.sentence, "law 4: a refusal says why"
            assert refusal.code, "law 4: a refusal names its rule"
            assert everything() == before, f"law 4: {name} was refused and changed something"
            # A step that was offered may want other words, evidence or targets, but never another person.
            if offered and isinstance(refusal, NotAllowed):
                assert refusal.rule in {"not_this_level", "own_request"} or name == "merge"
            return
        self._check_who(name, actor, case)
        for child in done if isinstance(done, list) else []:
            self._know(child.pk)
        self.touched |= {case.pk, *([case.parent_id] if case.parent_id else [])}
        if name in {"merge", "unmerge"}:
            self.touched |= set(self.ids)
        if actor.account_id is not None and name in HANDLING_ACTS:
            self.handlers[case.pk].add(actor.account_id)
        if name == "assign" and arguments["handler"] is not None:
            self.handlers[case.pk].add(arguments["handler"].pk)

    def _arguments(self, name: str) -> dict[str, Any]:  # noqa: C901, PLR0911, PLR0912 - one line an act
        unit, choice, randint = self.desk.unit, self.dice.choice, self.dice.randint
        note = choice([*PLAIN, *LEAKS, f"{PLAIN[0]}{LEAKS[0]}"])
        lead = choice([unit("cgj"), unit("cgj"), unit("jiaojing"), Target(post_id=self._worker_post())])
        assists = choice([[], [], [unit("paishui")], [unit("zjj"), unit("paishui")]])
        code = choice([None, "010101", "010102", "020301"])

        def filing() -> Filing:
            return self.desk.filing(code) if code else Filing(severity=choice(["", "urgent"]))

        if name in {"handle", "close"}:
            return {"note": note}
        if name in {"accept"}:
            return {}
        if name == "place":
            return {"point": choice([GRID_111, GRID_222]), "address": "东门口"}
        if name == "check":
            return {"request": "请看看"}
        if name == "report_check":
            return {"passed": choice([True, False]), "note": note, "is_hazard": choice([True, False])}
        if name == "resolve_on_spot":
            return {"note": note, "category_id": self.desk.categories[code].pk if code else None}
        if name == "file":
            return {"filing": filing()}
        if name in {"dispatch", "rule"}:
            return {"lead": lead, "assists": assists, "note": note}
        if name == "add_assist":
            return {"assists": assists}
        if name == "assign":
            own = choice([True, False])
            return {"handler": self.colleague if own else None, "crew": "" if own else "抢修二队"}
        if name == "progress":
            return {"note": note, "is_public": choice([True, False])}
        if name == "ask_extension":
            return {"more": choice([Limit(1, Unit.WORK_DAY), Limit(1, Unit.URGENT_HOUR)]), "note": note}
        if name in {"ask_postponement", "ask_suspension"}:
            return {"review_at": self.now + timedelta(days=randint(1, 6)), "note": note}
        if name in {"return", "refer", "decline", "void", "force_close"}:
            reason = {
                "return": "not_ours",
                "refer": "110",
                "decline": "unclear",
                "void": "test",
                "force_close": "decided",
            }
            return {"reason": reason[name], "note": note}
        if name == "forward":
            return {"post_id": self.people[choice(["leader", "supervisor", "seat"])].holdings[0].post_id, "note": note}
        if name == "merge":
            return {"into": Case.objects.get(pk=choice(self.ids))}
        if name == "split":
            return {"parts": [("东边", self.desk.filing("010101")), ("西边", self.desk.filing("020301"))]}
        if name == "amend":
            return {"filing": filing(), "title": choice(["", "门口积水"])}
        if name == "whistle":
            units = self.desk.cast.county.units
            return {"units": [units["cgj"].id, units["jiaojing"].id], "note": note, "is_urgent": choice([True, False])}
        if name == "consult":
            told = choice([None, unit("cgj")])
            return {"note": note, "lead": told, "assists": [unit("jiaojing")] if told and choice([True, False]) else []}
        if name == "rate":
            return {"stars": {self.desk.cast.county.units["cgj"].id: randint(1, 5)}}
        if name == "supervise":
            return {"note": note, "due_at": choice([None, self.now + timedelta(hours=1)])}
        if name == "hand_over":
            return {"level": choice(["community", "street", "city"]), "note": note}
        if name == "call_back":
            return {"solved": choice(["solved", "not"]), "satisfaction": "basically"}
        if name == "evaluate":
            return {"stars": randint(1, 5), "note": note}
        return {"note": note}

    def _worker_post(self) -> int:
        return self.desk.cast.grid_worker.holdings[0].post_id

    @property
    def colleague(self) -> Account:
        return Account.objects.get(pk=self.people["handler"].account_id or 0)

    # The laws.

    def _check_who(self, name: str, actor: Actor, case: Case) -> None:
        """Law 3, reckoned without the room's own rules."""
        step = rules.FLOW[name]
        held = [each for each in actor.holdings if step.permission in each.permissions]
        is_reporter = case.pk in actor.case_ids or (
            actor.account_id is not None and case.reporter_id == actor.account_id
        )
        covers = any(
            each.area_level == "city" or (each.area_level and each.area_id == getattr(case, f"{each.area_level}_id"))
            for each in held
        )
        given = Assignment.objects.filter(case=case)
        units = {each.unit_id for each in given if each.unit_id} | set(
            Call.objects.filter(whistle__case=case).values_list("unit_id", flat=True)
        )
        of_unit = any(each.unit_ids & units for each in held)
        of_post = given.filter(post_id__in=[each.post_id for each in held]).exists()
        assert (is_reporter and "reporter" in step.tie) or covers or of_unit or of_post, f"law 3: {name}"
        if step.tie == "reporter":
            assert is_reporter, f"law 3: {name} by another than the reporter"
        if step.tie in {"party", "lead", "called"}:
            assert of_unit or of_post, f"law 3: {name} by another than the unit"
        if name in {"verify", "rework", "close"}:
            assert actor.account_id not in self.handlers[case.pk], f"law 3: {name} by who handled"

    @invariant()
    def the_laws_hold(self) -> None:
        """Check every law on the cases that have changed."""
        if not self.touched:
            return
        calendar = work_calendar(numbers=versions.read())
        for case in Case.objects.filter(pk__in=self.touched).select_related("merged_into__merged_into"):
            self._check_holder(case)
            self._check_journal(case)
            self._check_clocks(case, calendar)
            self._check_words(case)
        self.touched.clear()

    def _check_holder(self, case: Case) -> None:
        assert rules.has_place(case.holder_level, case), "law 2: the holder has no place"
        assert (case.ended_at is None) == (case.stage in OPEN)
        assert bool(case.paused_at) == bool(case.pause_kind)
        assert case.children_open == case.children.filter(ended_at=None).count()
        assert case.merges == case.merged.count()
        assert self.handlers[case.pk] <= set(case.handler_ids)
        if case.ended_at is not None:
            assert (case.paused_at, case.approvals_open, case.children_open) == (None, 0, 0)

    def _check_journal(self, case: Case) -> None:
        told = entries_of(case)
        assert [entry.version for entry in told] == list(range(1, case.version + 1)), "law 1: one entry a version"
        assert list(differences(case, told)) == [], "law 1"
        assert all(entry.post_id is None for entry in told if entry.actor_label == "居民"), "law 9"
        shown = repr([(entry.actor_label, entry.note, entry.public_note, entry.after) for entry in told])
        assert REPORTER_NAME not in shown, "law 9"
        assert REPORTER_PHONE not in shown, "law 9"

    def _check_clocks(self, case: Case, calendar: Calendar) -> None:
        clocks = list(Clock.objects.filter(case=case))
        running = [clock for clock in clocks if clock.stopped_at is None]
        if case.ended_at is not None:
            assert running == [], "law 2: an end stops them all"
        stage = [clock for clock in running if clock.subject == "stage"]
        assert len(stage) == (case.ended_at is None), "law 2: one stage clock"
        for clock in stage:
            assert (case.due_at, case.warn_at) == (clock.due_at, clock.warn_at)
            assert case.is_overdue == (clock.overdue_at is not None)
            assert (clock.paused_at is not None) == (case.paused_at is not None)
        self._check_own(case, running, "assignment", Assignment.objects.filter(state__in=["offered", "accepted"]))
        self._check_own(case, running, "field_task", FieldTask.objects.filter(done_at=None, cancelled_at=None))
        calls = Call.objects.filter(reported_in_at=None, whistle__ended_at=None, whistle__case=case)
        assert _subjects(running, "call") == sorted(calls.values_list("pk", flat=True)), "law 2: one a call"
        assert len(_subjects(running, "approval")) == case.approvals_open
        for clock in clocks:
            check_due(clock, calendar)

    def _check_own(self, case: Case, running: list[Clock], subject: str, still_open: Any) -> None:
        wanted = sorted(still_open.filter(case=case).values_list("pk", flat=True))
        assert _subjects(running, subject) == wanted, f"law 2: one clock each {subject}"

    def _check_words(self, case: Case) -> None:
        seen = repr(public_view(case, at=self.now))
        names = [person.name for person in self.people.values() if person.name]
        for secret in (REPORTER_NAME, REPORTER_PHONE, "1234-5678", "11010519491231002X", "抢修二队", *names):
            assert secret not in seen, f"law 8: {secret} is public"
        for who in ("handler", "handler_next_door", "assist_handler"):
            actor = self.people[who]
            is_party = bool({held.unit_id for held in actor.holdings} & {*case.party_unit_ids, *case.handler_unit_ids})
            if is_party and (case.is_confidential or not case.has_consent):
                assert not may_see_reporter(case, actor), "law 9"


def _subjects(running: list[Clock], subject: str) -> list[int]:
    return sorted(clock.subject_id or 0 for clock in running if clock.subject == subject)


def check_due(clock: Clock, calendar: Calendar) -> None:
    """Law 7: counted from the start to the due time, less what lies in pauses, is the limit."""
    unit = Unit(clock.limit_unit)
    total = Limit(clock.limit_value, unit).counted + timedelta(seconds=clock.extended_seconds)
    if clock.due_at is None:
        assert clock.paused_at is not None, "law 7: only a standing clock has no due time"
        return
    due = clock.due_at
    if clock.shortened_to is not None:
        assert due <= clock.shortened_to, "law 7: later than a leader said"
        if due == clock.shortened_to:
            return
    stood = timedelta()
    for start, end in clock.pauses:
        begin, finish = datetime.fromisoformat(start), datetime.fromisoformat(end) if end else due
        stood += counted(begin, min(finish, due), unit, calendar)
    assert counted(clock.started_at, due, unit, calendar) - stood == total, "law 7"


def _people(cast: Cast) -> dict[str, Actor]:
    names = (
        "resident", "grid_worker", "grid_worker_next_door", "community_clerk", "street_seat", "seat", "supervisor",
        "handler", "handler_next_door", "assist_handler", "verifier", "leader",
    )  # fmt: skip
    people = {name: getattr(cast, name) for name in names}
    # One person with two posts: handles for 市城管局 and verifies in the city.
    both = factories.make_account("shuanggang", "双岗")
    factories.give_post(both, "handler", unit=cast.county.units["cgj"])
    factories.give_post(both, "verifier", area=cast.county.city)
    # A unit above another: may act for both.
    return people | {
        "handler_and_verifier": factories.act_as(both),
        "housing": factories.make_staff("zhujian", "朱建", "handler", unit=cast.county.units["zjj"]),
        "nobody": Actor(),
    }


def _begin(desk: Desk) -> dict[int, set[int]]:
    handler, assist = desk.cast.handler.account_id or 0, desk.cast.assist_handler.account_id or 0
    joint = desk.dispatched("paishui", phone=REPORTER_PHONE, name=REPORTER_NAME)
    joint = cases.accept(desk.cast.assist_handler, case=joint, seen=None, at=NOW + 3 * MINUTE)
    split = desk.filed()
    children = cases.split(
        desk.cast.seat, case=split, seen=None, at=NOW + 5 * MINUTE, parts=[("东边", Filing()), ("西边", Filing())]
    )
    called = desk.handling()
    units = desk.cast.county.units
    cases.whistle(
        desk.cast.seat,
        case=called,
        seen=None,
        at=NOW + 5 * MINUTE,
        units=[units["cgj"].id, units["zjj"].id],
        note="会商",
    )
    asked, stood = desk.handling(), desk.handling()
    more = Limit(1, Unit.WORK_DAY)
    cases.ask_extension(desk.cast.handler, case=asked, seen=None, at=NOW + 5 * MINUTE, more=more, note="等材料")
    review = NOW + timedelta(days=5)
    cases.ask_suspension(desk.cast.handler, case=stood, seen=None, at=NOW + 5 * MINUTE, review_at=review, note="等资金")
    cases.approve(desk.cast.supervisor, case=stood, seen=None, at=NOW + 6 * MINUTE)
    found = desk.reported(actor=desk.cast.grid_worker, channel="worker")
    asking = desk.reported(kind="enquiry", phone=REPORTER_PHONE)
    returned = desk.handling()
    for _round in range(2):
        cases.give_back(
            desk.cast.handler, case=returned, seen=None, at=NOW + 7 * MINUTE, reason="not_ours", note="不归我们"
        )
        cases.dispatch(desk.cast.seat, case=returned, seen=None, at=NOW + 8 * MINUTE, lead=desk.unit("cgj"))
    nobody = [found, asking, desk.filed(), desk.dispatched(), desk.at_stage("declined"), split, *children]
    handled = [desk.handling(), desk.handled(), desk.verified(), desk.closed(), called, asked, stood, returned]
    return {case.pk: set() for case in nobody} | {case.pk: {handler} for case in handled} | {joint.pk: {assist}}


def test_the_nine_laws_hold_whatever_people_do(desk: Desk) -> None:
    people = _people(desk.cast)

    class Here(Life):
        pass

    Here.desk, Here.people, Here.begun = desk, people, _begin(desk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(sequencename), last_value FROM pg_sequences WHERE last_value IS NOT NULL")
        Here.counters = cursor.fetchall()
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink],
        ),
    )  # fmt: skip
