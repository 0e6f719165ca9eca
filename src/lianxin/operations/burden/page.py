"""The table of burdens as text: docs/burden.md."""

from collections.abc import Sequence

from .tasks import Counted

HEAD = """# What a task asks (减负)

Nothing is typed twice. For each task of the field: what a person types and presses in an ordinary case, how many fields
the app fills in by itself, how many columns are stored. The lower the share, the less of that somebody had to enter.
The figures come from the schemas of the tasks and from doing each once for trial, with its statements counted and
undone: `./run lianxin burden`. What equals its default was prefilled and counts as neither.

| task | who | typed | pressed | filled in by the app | stored | given / stored |
| --- | --- | --- | --- | --- | --- | --- |
"""


def page(counted: Sequence[Counted]) -> str:
    """Return the page."""
    return HEAD + "".join(f"| {' | '.join(row(one))} |\n" for one in counted)


def row(one: Counted) -> list[str]:
    """Return one line of the table: names of fields, numbers, the share."""
    said = one.given
    share = f"{said.count / one.stored:.0%}" if one.stored else "—"
    return [
        one.task.name, one.task.who, _names(said.words), _names(said.presses), str(len(said.filled)),
        "—" if one.stored is None else str(one.stored), share,
    ]  # fmt: skip


def _names(fields: Sequence[str]) -> str:
    return f"{len(fields)}: {', '.join(f'`{name}`' for name in fields)}" if fields else "0"
