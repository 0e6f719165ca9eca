"""A department's sheet as they come: a title, a head of two rows, merged cells, mixed dates, wrong numbers, doubles."""

import datetime
from pathlib import Path
from random import Random
from typing import Any

import openpyxl

from lianxin.registry.people import rules

SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴", "伟芳娜秀英敏静丽强磊军洋勇艳杰涛明超兰霞"
HEAD = ("小区", "楼栋", "单元", "房号", "姓名", "证件号码", "联系电话", "性别", "出生日期", "与户主关系", "备注")
ROWS = 500


def number(place: int, born: datetime.date, *, is_male: bool) -> str:
    """Return an identity number that checks."""
    body = f"34088{place % 9}{born:%Y%m%d}{place % 100:02d}{place // 100 % 5 * 2 + is_male}"
    return body + rules.check_character(body)


def write(path: Path, *, seed: int = 1) -> dict[str, int]:
    """Write the sheet; return how many rows carry each kind of dirt."""
    random, dirt = Random(seed), dict.fromkeys(("number", "spoilt", "relation", "estate", "double", "sex"), 0)
    book = openpyxl.Workbook()
    page = book.active
    page.title = "常住人口"
    page["A1"] = "东苑社区常住人口登记表（2026年11月）"
    page.merge_cells("A1:K1")
    page["A2"] = "住址"
    page.merge_cells("A2:D2")
    for column, name in enumerate(HEAD[4:], 5):
        page.cell(2, column, name)
        page.merge_cells(start_row=2, end_row=3, start_column=column, end_column=column)
    for column, name in enumerate(HEAD[:4], 1):
        page.cell(3, column, name)
    row, home, merges = 4, 0, []
    while row < 4 + ROWS:
        size = min(random.choice((1, 2, 3, 4)), 4 + ROWS - row)
        for place in range(size):
            _person(page, row + place, home, place, random=random, dirt=dirt)
        if size > 1:
            merges.append((row, row + size - 1))
        row, home = row + size, home + 1
    for first, last in merges:
        for column in range(1, 5):
            page.merge_cells(start_row=first, end_row=last, start_column=column, end_column=column)
    page.cell(row + 1, 1, "合计")
    page.cell(row + 1, 5, ROWS)
    page.cell(row + 2, 1, "填表人：张三")
    book.save(path)
    return dirt


def _person(page: Any, row: int, home: int, place: int, *, random: Random, dirt: dict[str, int]) -> None:
    born = datetime.date(random.randint(1940, 2018), random.randint(1, 12), random.randint(1, 28))
    is_male, index = place == 0 or random.random() < 0.5, row - 4
    identity: Any = number(index, born, is_male=is_male)
    sex, relation = "男" if is_male else "女", ("户主", "配偶", "子", "女")[place]
    estate = "和平小区"
    if index % 50 == 7:
        identity, dirt["number"] = identity[:-1] + ("0" if identity[-1] != "0" else "1"), dirt["number"] + 1
    elif index % 125 == 11:
        identity, dirt["spoilt"] = float(identity[:17] + "0"), dirt["spoilt"] + 1
    elif index % 40 == 3:
        relation, dirt["relation"] = "干亲", dirt["relation"] + 1
    elif index % 60 == 13:
        sex, dirt["sex"] = "女" if is_male else "男", dirt["sex"] + 1
    if home % 30 == 17 and place == 0:
        estate = "合平小区"
    if place == 0:
        page.cell(row, 1, estate)
        page.cell(row, 2, f"{home // 20 + 1}幢")
        page.cell(row, 3, home % 2 + 1)
        page.cell(row, 4, f"{home // 4 % 5 + 1}0{home % 4 + 1}")
    page.cell(row, 5, random.choice(SURNAMES) + random.choice(GIVEN) + random.choice(GIVEN))
    page.cell(row, 6, identity)
    page.cell(row, 7, f"138{index:08d}" if index % 3 else f"138 {index:08d}")
    page.cell(row, 8, sex if index % 4 else ("1" if sex == "男" else "2"))
    page.cell(row, 9, _day(born, index))
    page.cell(row, 10, relation)
    if index % 90 == 89 and place:
        for column in range(5, 11):
            page.cell(row, column, page.cell(row - 1, column).value)
        dirt["double"] += 1


def _day(born: datetime.date, index: int) -> Any:
    forms: tuple[Any, ...] = (
        born, f"{born.year}.{born.month}.{born.day}", f"{born.year}年{born.month}月{born.day}日", f"{born:%Y%m%d}",
        f"{born.year}/{born.month}/{born.day}", (born - datetime.date(1899, 12, 30)).days,
    )  # fmt: skip
    return forms[index % len(forms)]
