"""What people and programs send by mistake or on purpose: a clear sentence for the field, and nothing stored."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from casework import GRID_111, MINUTE, NOW, OUTSIDE, Desk
from lianxin.kernel.errors import Invalid, LianxinError
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.worktime.limits import Limit, Unit
from lianxin.work.cases import actions as cases
from lianxin.work.cases.actions import Filing, Report, Target
from lianxin.work.cases.models import Case

LONG = "长" * 5_001
AT = NOW + 9 * MINUTE
NOWHERE = 9_999_999

# act, stage, who, what is wrong, the field that is named (or the rule)
BAD: list[tuple[str, str, str, dict[str, Any], str]] = [
    ("place", "reported", "seat", {"point": OUTSIDE}, "point"),
    ("place", "reported", "seat", {"area_id": NOWHERE}, "point"),
    ("place", "reported", "seat", {"point": GRID_111, "address": "路" * 201}, "address"),
    ("place", "reported", "seat", {}, "point"),
    ("check", "reported", "seat", {"request": "看" * 201}, "request"),
    ("check", "reported", "seat", {"post_id": NOWHERE}, "post_id"),
    ("answer", "enquiry", "seat", {"note": "  "}, "note"),
    ("answer", "enquiry", "seat", {"note": LONG}, "note"),
    ("resolve_on_spot", "reported", "grid_worker", {"note": ""}, "note"),
    ("resolve_on_spot", "reported", "grid_worker", {"note": "好了"}, "category"),
    ("resolve_on_spot", "reported", "grid_worker", {"note": "好了", "category_id": NOWHERE}, "category"),
    ("file", "reported", "seat", {}, "category"),
    ("file", "reported", "seat", {"filing": Filing(category_id=NOWHERE)}, "category"),
    ("file", "reported", "seat", {"filing": Filing(category_id=-1, severity="极高")}, "severity"),
    ("file", "reported", "seat", {"filing": Filing(kind="<b>")}, "kind"),
    ("file", "reported", "seat", {"filing": Filing(standard_id=NOWHERE)}, "standard"),
    ("decline", "reported", "seat", {"reason": "because"}, "reason"),
    ("refer", "reported", "seat", {"reason": ""}, "reason"),
    ("dispatch", "filed", "seat", {"lead": Target()}, "lead"),
    ("dispatch", "filed", "seat", {"lead": Target(unit_id=1, post_id=1)}, "lead"),
    ("dispatch", "filed", "seat", {"lead": Target(unit_id=NOWHERE)}, "lead"),
    ("dispatch", "filed", "seat", {"lead": Target(post_id=NOWHERE)}, "lead"),
    ("dispatch", "filed", "seat", {"lead": Target(unit_id=1), "assists": [Target(unit_id=1)]}, "assists"),
    ("dispatch", "filed", "seat", {"lead": Target(unit_id=2**70)}, "lead"),
    ("add_assist", "handling", "seat", {"assists": []}, "assists"),
    ("assign", "handling", "handler", {}, "handler"),
    ("assign", "handling", "handler", {"crew": "队" * 61}, "crew"),
    ("progress", "handling", "handler", {"note": ""}, "note"),
    ("handle", "handling", "handler", {"note": " \n\u200b"}, "note"),
    ("return", "handling", "handler", {"reason": "not_ours", "note": ""}, "note"),
    ("return", "handling", "handler", {"reason": "x'; DROP TABLE cases", "note": "不归"}, "reason"),
    ("ask_extension", "handling", "handler", {"more": Limit(6, Unit.WORK_DAY), "note": "等"}, "more"),
    ("ask_extension", "handling", "handler", {"more": Limit(1, Unit.URGENT_HOUR), "note": "等"}, "more"),
    ("ask_postponement", "handling", "handler", {"review_at": NOW, "note": "等"}, "review_at"),
    ("ask_postponement", "handling", "handler", {"review_at": NOW + timedelta(days=31), "note": "等"}, "review_at"),
    ("ask_suspension", "handling", "handler", {"review_at": NOW + timedelta(days=999), "note": "等"}, "review_at"),
    ("rework", "handled", "verifier", {"note": ""}, "note"),
    ("amend", "filed", "seat", {"title": "题" * 61}, "title"),
    ("amend", "filed", "seat", {}, "nothing_changed"),
    ("amend", "filed", "seat", {"point": OUTSIDE}, "point"),
    ("split", "filed", "seat", {"parts": [("一件", Filing())]}, "parts"),
    ("split", "filed", "seat", {"parts": [("题" * 61, Filing()), ("二", Filing())]}, "parts"),
    ("split", "filed", "seat", {"parts": [("一", Filing(category_id=NOWHERE)), ("二", Filing())]}, "category"),
    ("escalate", "filed", "seat", {"note": "办不了"}, "not_yours|highest"),
    ("whistle", "filed", "seat", {"units": [], "note": "来"}, "units"),
    ("whistle", "filed", "seat", {"units": [NOWHERE], "note": "来"}, "units"),
    ("whistle", "filed", "seat", {"units": [1], "note": "来", "place": "路" * 201}, "place|units"),
    ("supervise", "filed", "leader", {"note": "抓紧", "due_at": NOW}, "due_at"),
    ("hand_over", "filed", "leader", {"note": "街道办", "level": "grid"}, "level"),
    ("hand_over", "filed", "leader", {"note": "街道办", "level": "moon"}, "level"),
    ("force_close", "filed", "supervisor", {"reason": "impossible", "note": ""}, "note"),
    ("void", "filed", "supervisor", {"reason": "no", "note": "误"}, "reason"),
    ("call_back", "closed", "seat", {"solved": "maybe", "satisfaction": "not"}, "solved"),
    ("evaluate", "closed", "resident", {"stars": 6}, "stars"),
    ("evaluate", "closed", "resident", {"stars": 0, "solved": "x", "satisfaction": "y"}, "stars"),
    ("evaluate", "closed", "resident", {"stars": 5, "note": LONG}, "note"),
    ("add", "filed", "resident", {"note": "看图", "files": [uuid4()]}, "files"),
    ("add", "filed", "resident", {"note": ""}, "note"),
    ("urge", "filed", "resident", {"note": LONG}, "note"),
    ("reopen", "closed", "resident", {"note": ""}, "note"),
    ("appeal", "declined", "resident", {"note": ""}, "note"),
    ("annotate", "filed", "seat", {"note": LONG}, "note"),
    ("reply", "filed", "seat", {"note": ""}, "note"),
]


@pytest.mark.parametrize(
    ("name", "stage", "who", "wrong", "field"), BAD, ids=[f"{i}-{row[0]}" for i, row in enumerate(BAD)]
)
def test_bad_input_is_refused_with_the_field_and_changes_nothing(  # noqa: PLR0917
    desk: Desk, name: str, stage: str, who: str, wrong: dict[str, Any], field: str
) -> None:
    made = desk.reported(kind="enquiry") if stage == "enquiry" else desk.at_stage(stage)
    case = Case.objects.get(pk=made.pk)
    act: Callable[..., Any] = getattr(cases, {"return": "give_back"}.get(name, name))
    before = Case.objects.filter(pk=case.pk).values().get()
    entries, count = Entry.objects.count(), Case.objects.count()

    with pytest.raises(LianxinError) as told:
        act(getattr(desk.cast, who), case=case, seen=case.version, at=AT, **wrong)

    named = set(told.value.fields) if isinstance(told.value, Invalid) else {told.value.code}
    assert named & set(field.split("|")), told.value
    assert told.value.sentence.endswith(("。", "。）"))
    assert Case.objects.filter(pk=case.pk).values().get() == before
    assert (Entry.objects.count(), Case.objects.count()) == (entries, count)


REPORTS: list[tuple[dict[str, Any], str]] = [
    ({"text": ""}, "text"),
    ({"text": " \n\t"}, "text"),
    ({"text": "\u200b\u0000"}, "text"),
    ({"text": "长" * 20_001}, "text"),
    ({"text": "路灯", "title": "题" * 61}, "title"),
    ({"text": "路灯", "address": "路" * 201}, "address"),
    ({"text": "路灯", "channel": "pigeon"}, "channel"),
    ({"text": "路灯", "kind": "wonder"}, "kind"),
    ({"text": "路灯", "severity": "extreme"}, "severity"),
    ({"text": "路灯", "phone": "123"}, "phone"),
    ({"text": "路灯", "claimed_at": NOW + timedelta(hours=1)}, "claimed_at"),
    ({"text": "路灯", "claimed_at": NOW - timedelta(days=36_500)}, "claimed_at"),
    ({"text": "路灯", "point": OUTSIDE}, "point"),
    ({"text": "路灯", "area_id": NOWHERE}, "area"),
    ({"text": "路灯", "category_id": NOWHERE}, "category"),
    ({"text": "路灯", "files": tuple(uuid4() for _count in range(10))}, "files"),
    ({"text": "路灯", "files": (uuid4(),)}, "files"),
]


@pytest.mark.parametrize(("told", "field"), REPORTS, ids=[f"{i}-{row[1]}" for i, row in enumerate(REPORTS)])
def test_a_bad_report_is_refused_with_the_field_and_stores_nothing(
    desk: Desk, told: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        cases.report(desk.cast.resident, client_id=uuid4(), report=Report(**told), at=NOW)

    assert field in refusal.value.fields
    assert Case.objects.count() == 0


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "'; DROP TABLE cases; --",
        "零\u0000字节\u202e反向",
        "😀" * 300,
        "{{ 7*7 }} %s %(x)s",
    ],
)
def test_hostile_words_are_only_words(desk: Desk, text: str) -> None:
    case = desk.filed(text=text, name=text[:60], address=text[:100])
    case = cases.annotate(desk.cast.seat, case=case, seen=case.version, at=AT, note=text)

    stored = Case.objects.get(pk=case.pk)
    assert "\u0000" not in stored.text
    assert "\u202e" not in stored.text
    assert stored.text.startswith(text[:1])
    assert "\u0000" not in Entry.objects.get(subject_id=case.pk, action="annotate").note
