from datetime import timedelta

import pytest

from lianxin.kernel.errors import Invalid
from lianxin.kernel.worktime.limits import Limit, Unit, phrase


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("2 紧急工作时", Limit(2, Unit.URGENT_HOUR)),
        ("2紧急工作时", Limit(2, Unit.URGENT_HOUR)),
        ("1 紧急工作日", Limit(1, Unit.URGENT_DAY)),
        ("4 工作时", Limit(4, Unit.WORK_HOUR)),
        ("5个工作日", Limit(5, Unit.WORK_DAY)),
        ("5 个 工作日", Limit(5, Unit.WORK_DAY)),
        ("30 分钟工作时间", Limit(30, Unit.WORK_MINUTE)),
        ("30 工作分钟", Limit(30, Unit.WORK_MINUTE)),
        ("30 分钟", Limit(30, Unit.MINUTE)),
        ("24小时", Limit(24, Unit.URGENT_HOUR)),
        ("7 自然日", Limit(7, Unit.NATURAL_DAY)),
        ("7 天", Limit(7, Unit.NATURAL_DAY)),
        ("2 work_hour", Limit(2, Unit.WORK_HOUR)),
    ],
)
def test_written_limits_are_read(text: str, limit: Limit) -> None:
    assert Limit.parse(text) == limit


@pytest.mark.parametrize("unit", list(Unit))
def test_a_label_reads_back(unit: Unit) -> None:
    assert Limit.parse(Limit(3, unit).label) == Limit(3, unit)


@pytest.mark.parametrize("text", ["", "工作日", "0 工作日", "1.5 工作日", "-2 工作时", "三天", "2 周", "123456 工作日"])
def test_other_words_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(Invalid, match="5 工作日"):
        Limit.parse(text)


def test_a_limit_is_a_positive_number() -> None:
    with pytest.raises(ValueError, match="whole number"):
        Limit(0, Unit.WORK_DAY)


@pytest.mark.parametrize(
    ("minutes", "unit", "words"),
    [
        (660, Unit.WORK_DAY, "1 工作日 3 小时"),
        (660, Unit.URGENT_HOUR, "11 小时"),
        (3180, Unit.NATURAL_DAY, "2 天 5 小时"),
        (-45, Unit.WORK_HOUR, "45 分钟"),
        (0, Unit.WORK_HOUR, "不到 1 分钟"),
        (1501, Unit.MINUTE, "1 天 1 小时"),
    ],
)
def test_spans_are_told_in_two_parts(minutes: int, unit: Unit, words: str) -> None:
    assert phrase(timedelta(minutes=minutes), unit) == words
