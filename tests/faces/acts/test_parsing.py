"""Forms and JSON give the same typed input, and the same sentences."""

from typing import Any

import pytest
from django.http import QueryDict
from pydantic import BaseModel

from lianxin.faces.acts import inputs
from lianxin.faces.acts.parsing import parse_form, parse_json
from lianxin.faces.acts.table import ACTS
from lianxin.kernel.errors import Invalid

SAME: list[tuple[type[BaseModel], str, str]] = [
    (inputs.Bare, "csrfmiddlewaretoken=x&seen=3&client_id=y", ""),
    (inputs.Noted, "note=看过", '{"note": "看过"}'),
    (inputs.FileIn, "category=0101&severity=&note=", '{"category": "0101"}'),
    (
        inputs.DispatchIn,
        "lead=unit:cgj&assists=unit:zjj&assists=post:7",
        '{"lead": {"unit": "cgj"}, "assists": [{"unit": "zjj"}, {"post": 7}]}',
    ),
    (inputs.ReportCheckIn, "passed=true&note=属实&is_hazard=on", '{"passed": true, "note": "属实", "is_hazard": true}'),
    (inputs.PlaceIn, "point.lon=117.01&point.lat=31.01", '{"point": {"lon": 117.01, "lat": 31.01}}'),
    (inputs.WhistleIn, "units=zjj&note=来", '{"units": ["zjj"], "note": "来"}'),
    (inputs.RateIn, "stars.cgj=5&stars.zjj=3", '{"stars": {"cgj": 5, "zjj": 3}}'),
    (
        inputs.SplitIn,
        "parts.1.title=乙&parts.0.title=甲&parts.0.category=0101",
        '{"parts": [{"title": "甲", "category": "0101"}, {"title": "乙"}]}',
    ),
    (
        inputs.ExtendIn,
        "more.value=2&more.unit=work_day&note=缺料",
        '{"more": {"value": 2, "unit": "work_day"}, "note": "缺料"}',
    ),
    (
        inputs.ReviewIn,
        "review_at=2026-12-01T09:00&note=下雪",
        '{"review_at": "2026-12-01T09:00:00+08:00", "note": "下雪"}',
    ),
    (inputs.EvaluateIn, "stars=5&tags=快&tags=态度好", '{"stars": 5, "tags": ["快", "态度好"]}'),
]


@pytest.mark.parametrize(("schema", "form", "body"), SAME)
def test_a_form_says_what_json_says(schema: type[BaseModel], form: str, body: str) -> None:
    assert parse_form(schema, QueryDict(form)) == parse_json(schema, body.encode())


WRONG: list[tuple[type[BaseModel], str, dict[str, str]]] = [
    (inputs.Noted, "", {"note": "请填写。"}),
    (inputs.Noted, "note=x&noet=y", {"noet": "没有这一项，请核对名称。"}),
    (inputs.DispatchIn, "lead=unit:", {"lead": "请选择单位或岗位。"}),
    (inputs.DispatchIn, "lead=post:x", {"lead.post": "这里要填整数。"}),
    (inputs.WhistleIn, "note=来", {"units": "请填写。"}),
    (inputs.RateIn, "stars.cgj=6", {"stars.cgj": "不能大于 5。"}),
    (inputs.RateIn, "stars=6", {"stars": "这里要填一组名称和值。"}),
    (inputs.SplitIn, "parts.0.title=甲", {"parts": "至少 2 个。"}),
    (inputs.SplitIn, "parts=甲&parts=乙", {"parts.0": "这里要填一组名称和值。", "parts.1": "这里要填一组名称和值。"}),
    (
        inputs.ExtendIn,
        "more.value=0&more.unit=year&note=x",
        {"more.value": "不能小于 1。", "more.unit": "没有这个选项。"},
    ),
    (
        inputs.ReviewIn,
        "review_at=明天&note=x",
        {"review_at": "时间格式不正确，请写成 2026-11-21T14:05:00+08:00 这样。"},
    ),
    (inputs.PlaceIn, "point.lon=nan&point.lat=inf", {"point.lon": "这里要填数字。", "point.lat": "这里要填数字。"}),
    (inputs.PlaceIn, "point=3&point.lon=4", {"point": "这里要填一组名称和值。"}),
    (inputs.Noted, "note=a%00b", {"note": "有不能识别的字符，请删去。"}),
]


@pytest.mark.parametrize(("schema", "form", "fields"), WRONG)
def test_what_is_wrong_is_told_by_field(schema: type[BaseModel], form: str, fields: dict[str, str]) -> None:
    with pytest.raises(Invalid) as told:
        parse_form(schema, QueryDict(form))

    found = {name: words for name, words in told.value.fields.items() if name in fields}
    assert found == fields


def test_thousands_of_mistakes_are_not_all_told() -> None:
    form = QueryDict("&".join(f"x{count}=1" for count in range(900)) + "&note=x")

    with pytest.raises(Invalid) as told:
        parse_form(inputs.Noted, form)

    assert len(told.value.fields) == 40


@pytest.mark.parametrize("act", ACTS.values(), ids=lambda act: act.name)
def test_every_field_of_every_act_has_a_title_in_chinese(act: Any) -> None:
    for name, field in act.schema.model_fields.items():
        assert field.title, name
        assert any("\u4e00" <= letter <= "\u9fff" for letter in field.title), name
