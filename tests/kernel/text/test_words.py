import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.kernel.text import bigrams, clean, initials, likeness, mask_id, mask_name, mask_phone, spelling


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("路灯坏了", ["路灯", "灯坏", "坏了"]),
        ("Ａ１２栋", ["a12", "栋"]),
        ("5G基站, 3号楼", ["5g", "基站", "3", "号楼"]),
        ("“”！ …", []),
        ("snake_case", ["snake", "case"]),
        ("〇四号", ["〇四", "四号"]),
    ],
)
def test_text_falls_into_pieces(text: str, pieces: list[str]) -> None:
    assert bigrams(text) == pieces


def test_like_reports_are_alike_and_others_are_not() -> None:
    lamp = "文昌街道龙眠路路灯不亮"

    assert likeness(lamp, lamp) == 1
    assert likeness(lamp, "龙眠路的路灯不亮了，晚上很黑") > 0.35
    assert likeness(lamp, "小区门口垃圾没人清运") < 0.1
    assert likeness(lamp, "") == 0


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_fair(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\x00b\x07c", "abc"),
        ("一行\r\n二行\r三行\u2028四行", "一行\n二行\n三行\n四行"),
        ("  首尾 \n\n\n\n空行　\n末", "首尾\n\n空行\n末"),
        ("\u202e倒着\u200b看\ufeff", "倒着看"),
        ("全角ＡＢＣ　１２３", "全角ＡＢＣ　１２３"),
        ("\ud83d半个", "半个"),
        ("👨\u200d👩\u200d👧一家", "👨\u200d👩\u200d👧一家"),
        ("表\t格", "表\t格"),
    ],
)
def test_text_is_cleaned_but_not_rewritten(text: str, cleaned: str) -> None:
    assert clean(text, 100) == cleaned


@given(st.text(), st.integers(0, 50))
def test_clean_text_can_be_stored_and_stays_clean(text: str, length: int) -> None:
    cleaned = clean(text, length)

    assert len(cleaned) <= length
    assert "\0" not in cleaned
    cleaned.encode()
    assert clean(cleaned, length) == cleaned


def test_names_by_their_sound() -> None:
    assert initials("桐城市") == "tcs"
    assert initials("A栋 3号（东）") == "ad3hd"
    assert spelling("文昌") == "wenchang"
    assert initials("") == ""


def test_masks_show_little() -> None:
    assert [mask_name(name) for name in ("王芳", "欧阳小敏", "王", " ", "")] == ["王*", "欧**", "王", "", ""]
    assert mask_phone("13812341234") == "138****1234"
    assert mask_phone("+86 138-1234-1234") == "138****1234"
    assert mask_phone("0556-6121234") == "*********34"
    assert mask_phone("110") == "***"
    assert mask_id("11010519491231002X") == "110*************2X"
    assert mask_id("12345") == "*****"
