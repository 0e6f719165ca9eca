"""Turn TOML tables and CSV rows into frozen values, collecting every problem instead of stopping at the first."""

import csv
import io
import tomllib
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one place of one file, and what to do about it."""

    file: str
    where: str  # "第 12 行 parent 列", "[clocks] file"; may be empty
    sentence: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file} {self.where}".strip()
        return f"{place}：{self.sentence}{self.remedy}"


class ProfileInvalid(Exception):
    """A profile cannot be used; `problems` holds everything that is wrong, not only the first."""

    def __init__(self, name: str, problems: list[Problem]) -> None:
        self.problems = problems
        lines = "\n".join(f"- {problem}" for problem in problems)
        super().__init__(f"方案“{name}”有 {len(problems)} 处要改：\n{lines}")


class Collector:
    """Reads the files of one profile and remembers what is wrong."""

    def __init__(self, folder: Path, optional: Container[str] = ()) -> None:
        self.folder = folder
        self.optional = optional  # files that need not be there
        self.problems: list[Problem] = []
        self.lines: dict[tuple[str, object], int] = {}  # the line of each row read, for later checks
        self.raw: dict[str, bytes] = {}

    def wrong(self, file: str, where: str, sentence: str, remedy: str = "") -> None:
        """Remember a problem."""
        self.problems.append(Problem(file, where, sentence, remedy))

    def _read(self, file: str) -> str | None:
        try:
            self.raw[file] = (self.folder / file).read_bytes()
            return self.raw[file].decode("utf-8-sig")
        except FileNotFoundError:
            if file not in self.optional:
                self.wrong(file, "", "缺少这个文件。", "请照 profiles/README.md 补上。")
        except UnicodeDecodeError:
            self.wrong(file, "", "不是 UTF-8 编码。", "请另存为 UTF-8。")
        return None

    def toml(self, file: str) -> dict[str, Any]:
        """Return the tables of a TOML file; empty when it cannot be read."""
        text = self._read(file)
        try:
            return tomllib.loads(text) if text is not None else {}
        except tomllib.TOMLDecodeError as error:
            self.wrong(file, "", f"TOML 格式有误（{error}）。", "请检查引号、括号和等号。")
            return {}

    def rows(self, file: str, kind: type[Value]) -> tuple[Value, ...]:
        """Return the rows of a CSV file as values; rows with problems are left out."""
        text = self._read(file)
        if text is None:
            return ()
        reader = csv.DictReader(io.StringIO(text))
        wanted = [column.name for column in fields(kind)]  # type: ignore[arg-type]
        needed = {column.name for column in fields(kind) if column.default is MISSING}  # type: ignore[arg-type]
        found = list(reader.fieldnames or [])
        for column in found:
            if column not in wanted:
                self.wrong(file, "第 1 行", f"不认识“{column}”这一列。", f"可用的列：{'、'.join(wanted)}。")
        missing = [column for column in wanted if column in needed and column not in found]
        if missing:
            self.wrong(file, "第 1 行", f"缺少列：{'、'.join(missing)}。", "请补上表头。")
            return ()
        return tuple(self._rows(file, kind, reader))

    def _rows(self, file: str, kind: type[Value], reader: "csv.DictReader[str]") -> Iterator[Value]:
        hints = get_type_hints(kind)
        for row in reader:
            line = reader.line_num
            if None in row or None in row.values():
                self.wrong(file, f"第 {line} 行", "列数与表头不一致。", "含逗号的文字请加双引号。")
                continue
            values = {
                name: self._cell(file, line, name, row[name].strip(), hints[name]) for name in hints if name in row
            }
            if not any(value is _BAD for value in values.values()):
                made = kind(**values)
                self.lines[file, made] = line
                yield made

    def _cell(self, file: str, line: int, name: str, text: str, hint: Any) -> Any:
        try:
            return _from_text(text, hint)
        except ValueError as error:
            self.wrong(file, f"第 {line} 行 {name} 列", f"“{text}”{error}。")
            return _BAD

    def where(self, file: str, row: object, column: str = "") -> str:
        """Return the place of a row read before, as a reader looks for it."""
        line = self.lines.get((file, row))
        place = f"第 {line} 行" if line else ""
        return f"{place} {column} 列".strip() if column else place

    def fill(self, file: str, where: str, kind: type[Value], table: Any) -> Value | None:
        """Make a value of a TOML table; unknown, missing and wrong keys are problems and give None."""
        if not isinstance(table, Mapping):
            self.wrong(file, where, "应是一个表。", "请照 profiles/README.md 书写。")
            return None
        hints = get_type_hints(kind)
        for key in table:
            if key not in hints:
                self.wrong(file, f"{where} {key}", "不认识这一项。", f"可用的有：{'、'.join(hints)}。")
        values: dict[str, Any] = {}
        sound = True
        for column in fields(kind):  # type: ignore[arg-type]
            if column.name not in table:
                if column.default is MISSING:
                    self.wrong(file, f"{where} {column.name}", "没有写。", "请补上。")
                    sound = False
                continue
            try:
                values[column.name] = _from_toml(table[column.name], hints[column.name])
            except (ValueError, TypeError) as error:
                self.wrong(file, f"{where} {column.name}", f"{table[column.name]!r} {error}。")
                sound = False
        return kind(**values) if sound else None

    def fill_all(self, file: str, name: str, kind: type[Value], tables: Any) -> tuple[Value, ...]:
        """Make values of an array of tables [[name]]."""
        if not isinstance(tables, list) or not tables:
            self.wrong(file, f"[[{name}]]", "一项也没有。", "至少写一项。")
            return ()
        made = (
            self.fill(file, f"[[{name}]] 第 {number} 项", kind, table) for number, table in enumerate(tables, start=1)
        )
        return tuple(value for value in made if value is not None)


_BAD = object()


def _from_text(text: str, hint: Any) -> Any:
    if hint is str:
        return text
    if hint is int:
        if not text.lstrip("-").isdigit():
            raise ValueError("不是整数")
        return int(text)
    if hint == tuple[str, ...]:
        return tuple(part for part in text.split("|") if part)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        if text not in list(hint):
            raise ValueError(f"不是可用的值（{'、'.join(hint)}）")
        return hint(text)
    raise TypeError(f"no reader for {hint}")  # a bug of the model, not of the file


def _from_toml(value: Any, hint: Any) -> Any:
    origin = get_origin(hint)
    if origin is tuple:
        return _tuple(value, get_args(hint))
    if origin in {Mapping, dict} or isinstance(hint, UnionType):
        return value
    check: Callable[[Any], bool] | None = _CHECKS.get(hint)
    if check is None or not check(value):
        raise ValueError(f"应是{_WORDS.get(hint, '表')}")
    return float(value) if hint is float else value


def _tuple(value: Any, inner: tuple[Any, ...]) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ValueError("应是方括号括起的清单")  # noqa: TRY004 -- told to the author of the file
    if len(inner) == 2 and inner[1] is Ellipsis:
        return tuple(_from_toml(item, inner[0]) for item in value)
    if len(value) != len(inner):
        raise ValueError(f"应有 {len(inner)} 项")
    return tuple(_from_toml(item, each) for item, each in zip(value, inner, strict=True))


_CHECKS: dict[Any, Callable[[Any], bool]] = {
    str: lambda value: isinstance(value, str),
    bool: lambda value: isinstance(value, bool),
    int: lambda value: isinstance(value, int) and not isinstance(value, bool),
    float: lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}
_WORDS: dict[Any, str] = {str: "文字", bool: "true 或 false", int: "整数", float: "数"}
