"""Device numbers of GB/T 28181: parts with words, faults that name the digits, no meaning that nobody gave."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.kernel.errors import Invalid
from lianxin.registry.cameras import codes


def test_a_number_is_told_in_its_five_parts() -> None:
    parts = codes.parse("34088101011325000042")

    assert [(part.name, part.digits, part.where, part.words) for part in parts] == [
        ("中心编码", "34088101", "第 1–8 位", "省 34 市 08 县 81 基层 01"),
        ("行业编码", "01", "第 9–10 位", "社会治安 · 社区接入"),
        ("类型编码", "132", "第 11–13 位", "网络摄像机（IPC）"),
        ("网络标识", "5", "第 14 位", "公安网"),
        ("序号", "000042", "第 15–20 位", "第 42 号"),
    ]


@pytest.mark.parametrize(
    ("digits", "words"),
    [("00", "社会治安 · 路面接入"), ("03", "社会治安 · 其他接入"), ("05", "交通"), ("08", "城市管理"),
     ("09", "卫生环保"), ("10", "商检海关"), ("11", "教育"), ("12", ""), ("39", ""), ("40", "企业"), ("99", "企业")],
)  # fmt: skip
def test_industries_say_what_the_standard_says_and_no_more(digits: str, words: str) -> None:
    assert codes.parse(f"34088100{digits}1320000001")[1].words == words


@pytest.mark.parametrize(
    ("digit", "words"),
    [("0", "监控专网"), ("4", "监控专网"), ("5", "公安网"), ("6", "政务网"), ("7", "互联网"), ("8", ""), ("9", "")],
)  # fmt: skip
def test_networks_say_what_the_standard_says_and_no_more(digit: str, words: str) -> None:
    assert codes.parse(f"3408810000132{digit}000001")[3].words == words


def test_a_level_that_is_not_there_has_no_words() -> None:
    assert codes.parse("34080000001320000001")[0].words == "省 34 市 08"


@pytest.mark.parametrize(
    ("text", "first", "last", "said"),
    [
        ("", 0, 0, "20 位"),
        ("3408810000132000000", 0, 0, "少 1 位"),
        ("340881000013200000011", 0, 0, "多 1 位"),
        ("3408810000A320000001", 11, 11, "第 11 位是“A”"),
        ("00088100001320000001", 1, 2, "从省的代码写起"),
        ("34008100001320000001", 5, 6, "不能越过上级"),
        ("34080001001320000001", 7, 8, "不能越过上级"),
        ("34088100001180000001", 11, 13, "网络录像机（NVR）"),
        ("34088100001330000001", 11, 13, "不是摄像机"),
        ("34088100002160000001", 11, 13, "虚拟组织"),
    ],
)
def test_a_fault_names_the_digits(text: str, first: int, last: int, said: str) -> None:
    (fault,) = codes.faults(text)

    assert (fault.first, fault.last) == (first, last)
    assert said in fault.sentence


def test_several_faults_are_told_at_once() -> None:
    assert [fault.first for fault in codes.faults("00000100001180000001")] == [1, 5, 11]


def test_blanks_dashes_and_wide_digits_are_no_fault() -> None:
    assert codes.check_number(" 34088100-00 132 0 ０００００１ ") == "34088100001320000001"
    with pytest.raises(Invalid) as caught:
        codes.check_number("34088100001180000001")
    assert list(caught.value.fields) == ["number"]


@given(st.text(max_size=30))
def test_any_text_is_judged(text: str) -> None:
    if codes.faults(text):
        with pytest.raises(Invalid):
            codes.check_number(text)
    else:
        number = codes.check_number(text)
        assert "".join(part.digits for part in codes.parse(number)) == number
        assert codes.grouped(number).replace(" ", "") == number
