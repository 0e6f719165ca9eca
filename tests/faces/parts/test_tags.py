"""The tags draw what they are given: words beside every shape, and nothing unescaped."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template

from lianxin.faces.parts.shapes import Contact, FunnelRow, Kpi, Photo, Step

NOW = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>\"'"


def draw(tag: str, **context: object) -> str:
    return Template("{% load lx %}" + tag).render(Context({"now": NOW, **context}))


def said(html: str) -> str:
    """What a person reads: the words without the markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


@pytest.mark.parametrize(("code", "sevenths"), [("reported", 1), ("handling", 4), ("verified", 6), (3, 3)])
def test_the_ring_fills_by_sevenths(code: str | int, sevenths: int) -> None:
    html = draw("{% stage code '处置中' %}", code=code)

    assert f'#stage-{sevenths}"' in html
    assert said(html) == "处置中"


def test_a_closed_case_has_a_tick_and_another_end_is_grey() -> None:
    assert "#stage-7" in draw("{% stage 'closed' '已结案' %}")
    merged = draw("{% stage 'merged' '已并案' %}")
    assert "stage-end" in merged
    assert "#merged" in merged


@pytest.mark.parametrize(
    ("state", "minutes", "words"), [("ok", 18, "剩 18 分"), ("warn", 6, "剩 6 分"), ("late", -12, "超时 12 分")]
)
def test_a_clock_has_shape_word_and_the_instant_for_the_ticking(state: str, minutes: int, words: str) -> None:
    due = NOW + timedelta(minutes=minutes)
    html = draw("{% clock state due=due %}", state=state, due=due)

    assert f"#clock-{state}" in html
    assert f'data-due="{due.isoformat()}"' in html
    assert said(html) == words


def test_a_paused_clock_does_not_tick() -> None:
    html = draw("{% clock 'paused' due=now until=day %}", day=NOW.date())

    assert "data-due" not in html
    assert said(html) == "挂账至 11月21日"


def test_an_unknown_clock_state_is_a_fault_of_the_page() -> None:
    with pytest.raises(ValueError, match="red"):
        draw("{% clock 'red' %}")


def test_severity_is_said_even_when_silent() -> None:
    html = draw("{% severity 'urgent' silent=True %}")

    assert "#severity-3" in html
    assert said(html) == "紧急"


def test_a_stuck_stage_is_striped_and_said() -> None:
    html = draw("{% funnel rows %}", rows=[FunnelRow("签收", 47, 9360, 10700, 7200, "/x")])

    assert 'class="is-late"' in html
    assert "url(#lx-stripes)" in html
    assert "中位 2.6 小时 · 限 2 小时" in said(html)


def test_a_trace_marks_what_the_reporter_sees() -> None:
    steps = [Step(NOW, "派遣", "坐席 陈*", public=True), Step(NOW, "备注", "坐席 陈*")]

    assert draw("{% trace steps %}", steps=steps).count("公开") == 1


def test_demanded_evidence_that_is_missing_keeps_its_place() -> None:
    html = draw("{% evidence photos %}", photos=[Photo("近景", url="/f/1"), Photo("处置后近景")])

    assert html.count("photo-missing") == 1
    assert "处置后近景" in said(html)


def test_a_change_that_is_neither_good_nor_bad_has_no_colour() -> None:
    figure = Kpi("上报", "6,214", "件", "全部渠道", "4.1%", "down")
    html = draw("{% kpi figure %}", figure=figure)

    assert "is-good" not in html
    assert "is-bad" not in html
    assert "降" in said(html)


class Asked(forms.Form):
    phone = forms.RegexField(r"^\d{11}$", label="联系电话", help_text="只用来告诉您进度")
    note = forms.CharField(label="补充说明", required=False)
    level = forms.ChoiceField(label="急不急", choices=[("1", "一般")], widget=forms.RadioSelect)


def test_a_field_says_its_fault_to_eyes_and_to_readers() -> None:
    html = draw("{% field form.phone %}", form=Asked({"phone": "138", "level": "1"}))

    assert 'aria-invalid="true"' in html
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described
    for name in described[1].split():
        assert f'id="{name}"' in html
    assert 'value="138"' in html


def test_optional_is_said_and_required_is_not() -> None:
    assert "可不填" in draw("{% field form.note %}", form=Asked())
    assert "可不填" not in draw("{% field form.phone %}", form=Asked())


def test_the_summary_links_to_each_faulty_field() -> None:
    html = draw("{% fault_summary form %}", form=Asked({"phone": "138"}))

    assert 'href="#id_phone"' in html
    assert "急不急" in said(html)
    assert draw("{% fault_summary form %}", form=Asked()).strip() == ""


def test_nothing_given_by_people_reaches_the_page_as_markup() -> None:
    drawn = [
        draw("{% person who %}", who=Contact(HOSTILE, HOSTILE, HOSTILE, phone=HOSTILE)),
        draw("{% stage 'filed' word %}", word=HOSTILE),
        draw("{% clock 'ok' due=now label=word note=word %}", word=HOSTILE),
        draw("{% trace steps %}", steps=[Step(NOW, HOSTILE, HOSTILE, HOSTILE)]),
        draw("{% evidence photos %}", photos=[Photo(HOSTILE, url="/x", tag=HOSTILE), Photo(HOSTILE, why=HOSTILE)]),
        draw("{% empty word word '#' word %}", word=HOSTILE),
        draw("{% confirm 'd' word word verb=word url='#' reason=word %}", word=HOSTILE),
        draw("{% toast word '#' %}", word=HOSTILE),
        draw("{% field form.phone %}", form=Asked({"phone": HOSTILE})),
    ]

    assert not [html for html in drawn if "<script" in html]
