"""A made-up table of people with households and dwellings, as a department hands it over: GB18030, 13 columns."""

import random
from pathlib import Path

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂红玉华建国海燕志文"
HEAD = "姓名,公民身份号码,联系电话,性别,出生日期,与户主关系,户主姓名,小区,楼栋,单元,房号,居住性质,政治面貌"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def write(path: Path, rows: int, *, seed: int = 7) -> None:
    """Write so many rows: two hundred dwellings an estate, one to five people a dwelling."""
    chance = random.Random(seed)
    with path.open("w", encoding="gb18030", newline="") as table:
        table.write(HEAD + "\r\n")
        done = home = 0
        while done < rows:
            size = min(chance.choice((1, 2, 3, 3, 4, 5)), rows - done)
            table.write("".join(_household(chance, home, done, size)))
            done, home = done + size, home + 1


def _household(chance: random.Random, home: int, first: int, size: int) -> list[str]:
    place = f"和谐{home // 200}区,{home % 200 // 20 + 1}幢,{home % 20 // 10 + 1},{home % 10 // 2 + 1}0{home % 2 + 1}"
    lines, head = [], ""
    for member in range(size):
        is_male = chance.random() < 0.5
        born = (chance.randint(1940, 2020), chance.randint(1, 12), chance.randint(1, 28))
        name = chance.choice(SURNAMES) + chance.choice(GIVEN) + chance.choice(GIVEN)
        head = head or name
        relation = ("户主", "夫" if is_male else "妻", "子" if is_male else "女")[min(member, 2)]
        phone = f"1{chance.randint(3, 9)}{chance.randint(10**8, 10**9 - 1)}"
        told = (
            name, _number(first + member, born, is_male=is_male), phone, "男" if is_male else "女",
            f"{born[0]}-{born[1]:02d}-{born[2]:02d}", relation, head, place, "自住", "群众",
        )  # fmt: skip
        lines.append(",".join(told) + "\r\n")
    return lines


def _number(place: int, born: tuple[int, int, int], *, is_male: bool) -> str:
    """Return an identity number that checks and stands once in the table."""
    body = f"{340800 + place // 500 % 9000:06d}{born[0]:04d}{born[1]:02d}{born[2]:02d}{place % 100:02d}"
    body += str(place // 100 % 5 * 2 + is_male)
    return body + "10X98765432"[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True)) % 11]
