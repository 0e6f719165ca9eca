"""Full-text search of Chinese on PostgreSQL: `tsvector` columns filled and asked through the pieces of `words`.

A column is Django's `SearchVectorField` with a GIN index; write `search_vector(text)` into it and ask with the
look-up registered here: `filter(words__has_words="路灯不亮")`.
"""

import sys
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import EmptyResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q, lookups
from django.db.models.sql.compiler import SQLCompiler

from lianxin.kernel.text.words import runs

if TYPE_CHECKING:
    _Lookup = lookups.Lookup[Any]
else:
    _Lookup = lookups.Lookup

# PostgreSQL counts positions to 16383; what stands behind is not searched.
_MOST_PIECES = 16_000


def search_vector(text: str) -> str:
    """Return a `tsvector` literal of the text's pieces with their positions."""
    pieces: list[str] = []
    for is_han, run in runs(text):
        if is_han:
            pieces.extend(run[place : place + 2] for place in range(len(run)))  # the last character stands alone
        else:
            pieces.append(run)
        if len(pieces) > _MOST_PIECES:
            break
    return " ".join(f"'{piece}':{place}" for place, piece in enumerate(pieces[:_MOST_PIECES], 1))


def search_query(text: str) -> str:
    """Return a `tsquery` literal that finds texts with all these words; empty when there is nothing to look for.

    Chinese stretches must stand there as written; one character, and letters or digits, match as beginnings.
    """
    return " & ".join(_asked(is_han, run) for is_han, run in runs(text[:200]))


def _asked(is_han: bool, run: str) -> str:  # noqa: FBT001 - the two kinds of run
    if not is_han or len(run) == 1:
        return f"'{run}':*"
    pairs = [f"'{run[place : place + 2]}'" for place in range(len(run) - 1)]
    return f"({' <-> '.join(pairs)})" if len(pairs) > 1 else pairs[0]


def beginning(column: str, text: str) -> Q:
    """Return the filter for values of a column that begin with `text`, as a range an index of the column answers.

    Not LIKE: a plan kept for any pattern cannot use the index, and reads a million rows instead. Right for the
    locale C.UTF-8, in which text is in the order of its characters.
    """
    found = Q(**{f"{column}__gte": text})
    last = ord(text[-1]) if text else sys.maxunicode
    if last == sys.maxunicode:
        return found & Q(**{f"{column}__startswith": text})
    # Behind U+D7FF stand surrogates, which are no characters.
    following = chr(0xE000 if last == 0xD7FF else last + 1)
    return found & Q(**{f"{column}__lt": text[:-1] + following})


@SearchVectorField.register_lookup
class HasWords(_Lookup):
    """Texts that speak of all these words, as `search_query` reads them; none for words without letters."""

    lookup_name = "has_words"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        """Return the match, which a GIN index answers."""
        left, params = self.process_lhs(compiler, connection)
        query = search_query(str(self.rhs))
        if not query:
            raise EmptyResultSet
        return f"{left} @@ %s::tsquery", [*params, query]
