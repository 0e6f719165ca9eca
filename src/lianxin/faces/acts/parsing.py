"""From what came over the wire, JSON or a form, to the typed input of an act. Raises Invalid, a sentence a field."""

from collections.abc import Iterator, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from django.http import QueryDict
from pydantic import BaseModel, ValidationError

from .sentences import invalid

M = TypeVar("M", bound=BaseModel)

# What a form carries beside the act's own fields.
ASIDE = frozenset({"csrfmiddlewaretoken", "seen", "client_id", "act", "next", "template"})


def parse_json(schema: type[M], body: bytes) -> M:
    """Read a JSON body; an empty one is an empty object."""
    try:
        return schema.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise invalid(error) from None


def parse_data(schema: type[M], data: Mapping[str, Any]) -> M:
    """Read values that are parsed already."""
    try:
        return schema.model_validate(data)
    except ValidationError as error:
        raise invalid(error) from None


def parse_form(schema: type[M], form: QueryDict) -> M:
    """Read a form: an empty field is one left out, `point.lon` is a field within, a repeated name is a list.

    Lists of groups are numbered: `parts.0.title`, `parts.1.title`.
    """
    return parse_data(schema, _nested(schema, form))


def _nested(schema: type[BaseModel], form: QueryDict) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    lists = set(_lists(schema))
    for name in form:
        given = [value for value in form.getlist(name) if value != ""]
        if name in ASIDE or not given:
            continue
        *path, last = name.split(".")[:4]
        branch = tree
        for part in path:
            below = branch.setdefault(part, {})
            if not isinstance(below, dict):
                break
            branch = below
        branch[last] = given if name in lists else given[-1]
    return {name: _as_list(value) if name in lists else value for name, value in tree.items()}


def _as_list(value: Any) -> Any:
    """Turn numbered groups into a list, in the order of their numbers."""
    if not isinstance(value, dict):
        return value
    if not all(key.isdecimal() and len(key) < 4 for key in value):
        return value
    return [value[key] for key in sorted(value, key=int)]


def _lists(schema: type[BaseModel]) -> Iterator[str]:
    for name, field in schema.model_fields.items():
        if any(get_origin(part) in {list, tuple, Sequence} for part in _parts(field.annotation)):
            yield name


def _parts(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        yield from _parts(get_args(annotation)[0])
    elif get_origin(annotation) in {Union, UnionType}:
        for part in get_args(annotation):
            yield from _parts(part)
    else:
        yield annotation
