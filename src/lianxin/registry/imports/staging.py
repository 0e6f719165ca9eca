"""Staged rows: sealed and copied into their table, read again in pieces."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import connection, connections, transaction

from lianxin.kernel.crypto.sealing import opener, sealer

from .drafts import Draft
from .fields import ImportField
from .models import ImportRow
from .problems import Problem

_CONTEXT = "imports.row"
_COLUMNS = "run_id, number, payload, verdict, marks, touches, token"
_Fields = Mapping[str, ImportField]
Ready = Callable[[list[Draft]], list[Draft]]


def packed(draft: Draft) -> str:
    """Return a row's content, to be sealed."""
    problems = [problem.plain() for problem in draft.problems]
    content = [draft.cells, draft.filled, draft.edits, draft.answers, problems, draft.geometry]
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def opened(rows: Iterable[tuple[int, bytes, str]]) -> list[Draft]:
    """Return stored rows: their number, payload and verdict."""
    open_sealed, drafts = opener(_CONTEXT), []
    for number, payload, verdict in rows:
        cells, filled, edits, answers, problems, geometry = json.loads(open_sealed(payload))
        found = [Problem.read(one) for one in problems]
        drafts.append(Draft(number, cells, filled, edits, answers, found, geometry, verdict=verdict))
    return drafts


def clear(run_id: int) -> None:
    """Remove all rows of a run."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM import_row WHERE run_id = %s", [run_id])


def copy_in(run_id: int, drafts: Iterable[Draft], fields: _Fields) -> None:
    """Store rows that are new."""
    seal = sealer(_CONTEXT)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY import_row ({_COLUMNS}) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(["int8", "int4", "bytea", "varchar", "varchar[]", "varchar[]", "bytea"])
        for draft in drafts:
            verdict, marks, payload = str(draft.verdict), draft.marks(fields), seal(packed(draft))
            copy.write_row((run_id, draft.number, payload, verdict, marks, draft.touches, draft.token))


@transaction.atomic
def replace(run_id: int, drafts: Sequence[Draft], fields: _Fields) -> None:
    """Store rows anew that were checked again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM import_row WHERE run_id = %s AND number = ANY(%s)", [run_id, [one.number for one in drafts]]
        )
    copy_in(run_id, drafts, fields)


def rows(run_id: int, *, verdicts: Sequence[str], after: int, ready: Ready, size: int = 5000) -> Iterator[list[Draft]]:
    """Yield the rows with these verdicts in their order, in pieces, each handed to `ready`.

    The next piece is opened and made ready by a thread while the database writes the one before.
    """
    with ThreadPoolExecutor(1) as ahead:

        def begin(after: int) -> Future[list[Draft]]:
            found = _stored(run_id, verdicts, after, size)
            return ahead.submit(_made_ready, ready, found)

        coming = begin(after)
        while drafts := coming.result():
            coming = begin(drafts[-1].number)
            yield drafts


def _made_ready(ready: Ready, found: list[tuple[int, bytes, str]]) -> list[Draft]:
    try:
        return ready(opened(found))
    finally:
        connections.close_all()  # this thread's: reading a value may have asked what the place decides


def _stored(run_id: int, verdicts: Sequence[str], after: int, size: int) -> list[tuple[int, bytes, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, payload, verdict FROM import_row WHERE run_id = %s AND verdict = ANY(%s)"
            " AND number > %s ORDER BY number LIMIT %s",
            [run_id, list(verdicts), after, size],
        )
        return list(cursor.fetchall())


def some(
    run_id: int, *, verdicts: Sequence[str], after: int = 0, size: int = 50, mark: str = "", is_back: bool = False
) -> list[Draft]:
    """Return some rows behind (or before) a number; `mark` asks for those with a problem that begins so."""
    compare, order = ("<", "DESC") if is_back else (">", "ASC")
    marked = "AND %s = ''"
    if mark:
        marked = (
            f"AND EXISTS (SELECT 1 FROM unnest(marks) m WHERE {'starts_with(m, %s)' if is_group(mark) else 'm = %s'})"
        )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT number, payload, verdict FROM import_row WHERE run_id = %s AND verdict = ANY(%s)"
            f" AND number {compare} %s {marked} ORDER BY number {order} LIMIT %s",
            [run_id, list(verdicts), after, mark, size],
        )
        found = opened(cursor.fetchall())
    return found[::-1] if is_back else found


def is_group(mark: str) -> bool:
    """Tell whether a mark names all problems of a field and kind, whatever is written there."""
    return mark.count("|") == 2 and mark.endswith("|")


def is_of(mark: str, wanted: str) -> bool:
    """Tell whether a row's mark is the one wanted, or of the group."""
    return mark.startswith(wanted) if is_group(wanted) else mark == wanted


def by_numbers(run_id: int, numbers: Sequence[int], *, for_update: bool = False) -> list[Draft]:
    """Return rows by their numbers."""
    lock = " FOR UPDATE" if for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, payload, verdict FROM import_row"
            f" WHERE run_id = %s AND number = ANY(%s) ORDER BY number{lock}",
            [run_id, list(numbers)],
        )
        return opened(cursor.fetchall())


def doubles(run_id: int, tokens: Mapping[int, bytes]) -> dict[bytes, int]:
    """Return the first other row for each token that stands in more rows than the one given."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT token, min(number) FROM import_row WHERE run_id = %s AND token = ANY(%s) AND number <> ALL(%s)"
            " AND verdict <> 'skip' GROUP BY token",
            [run_id, list(tokens.values()), list(tokens)],
        )
        return {bytes(token): number for token, number in cursor.fetchall()}


def tally(run_id: int) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Count rows by verdict, by mark of a problem and by what they touch."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT verdict, count(*) FROM import_row WHERE run_id = %s GROUP BY 1", [run_id])
        verdicts = dict(cursor.fetchall())
        cursor.execute(
            "SELECT mark, count(*) FROM import_row, unnest(marks) mark WHERE run_id = %s"
            " AND verdict IN ('wrong', 'ask') GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 400",
            [run_id],
        )
        marks = dict(cursor.fetchall())
        cursor.execute(
            "SELECT touch, count(*) FROM import_row, unnest(touches) touch WHERE run_id = %s"
            " AND verdict IN ('new', 'change') GROUP BY 1 ORDER BY 2 DESC",
            [run_id],
        )
        return verdicts, marks, dict(cursor.fetchall())


def tokens(run_id: int) -> frozenset[bytes]:
    """Return what names the rows of a run that are not left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT token FROM import_row WHERE run_id = %s AND token IS NOT NULL AND verdict <> 'skip'", [run_id]
        )
        return frozenset(bytes(row[0]) for row in cursor.fetchall())


def count_rows(run_id: int) -> int:
    """Count the rows of a run."""
    return ImportRow.objects.filter(run_id=run_id).count()
