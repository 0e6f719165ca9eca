"""Count what a task asks of a person and what it stores: from its schema, a payload, and the statements it sends."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from pydantic import BaseModel

_INSERT = re.compile(r'INSERT INTO\s+"?(\w+)"?\s*\(([^)]*)\)', re.IGNORECASE)
_UPDATE = re.compile(
    r'UPDATE\s+"?(\w+)"?(?:\s+\w+)?\s+SET\s+(.*?)(?:\s+WHERE\s|\s+FROM\s|$)', re.IGNORECASE | re.DOTALL
)
_SET = re.compile(r'"?(\w+)"?\s*=(?!=)')


@dataclass(frozen=True, slots=True)
class Given:
    """What a person gave in one doing of a task: words typed, choices pressed; and what the app filled in by itself."""

    words: tuple[str, ...] = ()
    presses: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Fields a person gave, whether typed or pressed."""
        return len(self.words) + len(self.presses)


def given(schema: type[BaseModel], payload: Mapping[str, Any], carried: Sequence[str] = ()) -> Given:
    """Sort the fields of a payload by who gave them; `carried` are those the app knows (keys, versions, places).

    What equals the schema's default was prefilled. Raises KeyError for a field the schema does not have.
    """
    words, presses, filled = [], [], []
    for path, value, about in _leaves(schema.model_json_schema(), payload):
        if path.split(".")[-1] in carried or path.split(".")[0] in carried or _is_filled(about):
            filled.append(path)
        elif value == about.get("default", None):
            continue
        elif _is_words(about):
            words.append(path)
        else:
            presses.append(path)
    return Given(tuple(words), tuple(presses), tuple(filled))


def _leaves(
    document: Mapping[str, Any], payload: Mapping[str, Any], path: str = "", shape: Mapping[str, Any] | None = None
) -> Iterator[tuple[str, Any, Mapping[str, Any]]]:
    """Yield path, value and schema of each field that was sent."""
    properties = (shape or document)["properties"]
    for name, value in payload.items():
        about = _resolved(document, properties[name])
        if isinstance(value, Mapping) and "properties" in about and not _is_filled(about):
            yield from _leaves(document, value, f"{path}{name}.", about)
        else:
            yield f"{path}{name}", value, about


def _resolved(document: Mapping[str, Any], about: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow references and take null away; what is said beside them stays."""
    options = [one for one in about.get("anyOf", []) if one.get("type") != "null"]
    inner = options[0] if options else about
    if "$ref" in inner:
        inner = {**document["$defs"][inner["$ref"].rpartition("/")[2]], "ref": inner["$ref"]}
    elif len(about.get("allOf", [])) == 1:
        inner = _resolved(document, about["allOf"][0])
    return {**inner, **{name: value for name, value in about.items() if name not in {"anyOf", "$ref", "allOf"}}}


def _is_filled(about: Mapping[str, Any]) -> bool:
    """Tell whether a device fills such a field: ids, instants, places, counts; a category is proposed."""
    if about.get("x-kind") == "stars":
        return False
    by_kind = about.get("x-kind") in {"area", "category", "point", "files", "case", "instant"}
    by_type = about.get("format") in {"uuid", "date-time"} or about.get("type") == "integer"
    return by_kind or by_type or about.get("title") == "PointIn" or str(about.get("ref", "")).endswith("/PointIn")


def _is_words(about: Mapping[str, Any]) -> bool:
    """Tell whether such a field takes words; a short code, a day, a yes or a list is pressed."""
    is_code = about.get("maxLength", 99) <= 40 and "x-kind" not in about
    return about.get("type") == "string" and "enum" not in about and "format" not in about and not is_code


@dataclass
class Stored:
    """Columns that were written, by table."""

    columns: set[tuple[str, str]] = field(default_factory=set)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        """Take note of a statement and let it go on."""
        for table, names in _INSERT.findall(sql):
            self.columns |= {(table, name.strip().strip('"')) for name in names.split(",")}
        for table, names in _UPDATE.findall(sql):
            self.columns |= {(table, name) for name in _SET.findall(names)}
        return execute(sql, params, many, context)


def stored(act: Callable[[], object]) -> int:
    """Return how many columns an act writes, counted once each; all it did is undone."""
    counted = Stored()
    with transaction.atomic():
        with connection.execute_wrapper(counted):
            act()
        transaction.set_rollback(True)
    return len(counted.columns)
