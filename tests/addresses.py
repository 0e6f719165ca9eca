"""All addresses the product answers, from its own URL map."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}


def addresses() -> Iterator[tuple[str, str]]:
    """Yield (method, route) of every view; a view that says nothing about methods has GET and POST."""
    yield from _below(get_resolver(), "")


def _below(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _below(entry, route)
        else:
            for method in _methods(entry):
                yield method, route


def _methods(entry: URLPattern) -> list[str]:
    view: Any = entry.callback
    path_view = getattr(view, "__self__", None) or _closed_over(view)
    if hasattr(path_view, "operations"):
        return [method for operation in path_view.operations for method in operation.methods]
    if hasattr(view, "view_class"):
        return [name.upper() for name in ("get", "post") if hasattr(view.view_class, name)]
    return [method for method in ("GET", "POST") if method in _allowed(view)]


def _closed_over(view: Any) -> Any:
    """Return the router's object behind a view it wrapped."""
    return next((found for found in _cells(view) if hasattr(found, "operations")), None)


def _allowed(view: Any) -> set[str]:
    """Return the methods that Django's `require_…` lets through, or both."""
    allowed = {"GET", "POST"}
    while view is not None:
        for found in _cells(view):
            if isinstance(found, list | tuple) and found and set(found) <= METHODS:
                allowed &= set(found)
        view = getattr(view, "__wrapped__", None)
    return allowed


def _cells(view: Any) -> Iterator[Any]:
    for cell in getattr(view, "__closure__", None) or ():
        yield cell.cell_contents
