import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.kernel.text import Finding, is_identity_number, looks_personal

DATA = Path(os.environ.get("LIANXIN_REAL_DATA", Path(__file__).parents[4] / "shared" / "data"))


def kinds(text: str) -> list[str]:
    return [finding.kind for finding in looks_personal(text)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("请打我电话13812345678谢谢", "phone"),
        ("138 1234 5678", "phone"),
        ("138-1234-5678", "phone"),
        ("+86 13812345678", "phone"),
        ("０１３８１２３４５６７８"[1:], "phone"),
        ("一三八一二三四五六七八", "phone"),
        ("幺三八壹贰叁肆伍陆柒捌", "phone"),
        ("联系一三八1234五六七八", "phone"),
        ("1.3.8.1.2.3.4.5678", "phone"),
        ("1 3 8 1 2 3 4 5 6 7 8", "phone"),
        ("身份证11010519491231002X", "id_number"),
        ("110105 19491231 002x", "id_number"),
        ("１１０１０５１９４９１２３１００２Ｘ", "id_number"),
        ("110105491231002", "id_number"),
        ("卡号6222 0212 3456 7890 128", "bank_card"),
        ("4111-1111-1111-1111", "bank_card"),
        ("皖H12345 乱停", "plate"),
        ("皖h·1a2b3", "plate"),
        ("粤Ｂ Ｄ１２３４５", "plate"),
        ("someone@example.com", "email"),
    ],
)
def test_personal_numbers_are_found(text: str, kind: str) -> None:
    assert kinds(text) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "路灯不亮",
        "案件340881-20261121-730418已办结",
        "请拨打0556-6121234或12345",
        "2026年11月21日13时45分",
        "2026-11-21 13:45:12",
        "龙眠路128号3栋2单元501",
        "一二三四五六七八九",
        "11010519491231002Y",
        "110105194912310021",
        "京东快递",
        "京A级景区",
        "面积12345678901平方米",
        "4111-1111-1111-1112",
        "经度116.935712，纬度31.051234",
    ],
)
def test_ordinary_numbers_are_left_alone(text: str) -> None:
    assert kinds(text) == []


def test_places_and_order_are_those_of_the_text() -> None:
    text = "我的车皖H12345，电话 138 1234 5678 13912345678。"

    found = looks_personal(text)

    assert [(finding.kind, text[finding.start : finding.end]) for finding in found] == [
        ("plate", "皖H12345"),
        ("phone", "138 1234 5678"),
        ("phone", "13912345678"),
    ]
    assert found[0] == Finding("plate", 3, 10)


@given(st.text(max_size=20), st.integers(13_000_000_000, 19_999_999_999), st.text(max_size=20))
def test_a_phone_is_found_between_any_words(before: str, phone: int, after: str) -> None:
    text = f"{before}电话{phone}，{after}"

    assert "phone" in kinds(text)


@given(st.text(max_size=300))
def test_any_text_can_be_looked_at(text: str) -> None:
    for finding in looks_personal(text):
        assert 0 <= finding.start < finding.end <= len(text)


@pytest.mark.parametrize("piece", ["1 ", "a", "a.", "京A", "1-1(", "@a.", "一"])
def test_long_texts_are_read_in_no_time(piece: str) -> None:
    begun = time.perf_counter()
    looks_personal(piece * (100_000 // len(piece)))

    assert time.perf_counter() - begun < 2  # about 0.1 s on an idle core


def test_identity_numbers_are_checked_by_date_and_digit() -> None:
    assert is_identity_number("11010519491231002X")
    assert is_identity_number("11010519491231002x")
    assert not is_identity_number("110105194913310029")
    assert not is_identity_number("11010519491231002")


def test_real_messages_are_seldom_held() -> None:
    path = DATA / "messages_with_replies.jsonl"
    if not path.exists():
        pytest.skip(f"needs the real messages at {path}")
    lines = path.read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]

    held = sum(bool(looks_personal(text)) for text in texts)

    assert len(texts) > 2000
    assert held / len(texts) < 0.05
