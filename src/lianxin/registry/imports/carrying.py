"""Blank cells that mean "as above" (同上): how cities write lists of categories and standards."""

from collections.abc import Mapping, Sequence

from .drafts import Draft
from .fields import ImportField


class Carrying:
    """Fills blank cells from the row above, over the pieces of one table, in its order."""

    def __init__(self, fields: Mapping[str, ImportField], mapping: Mapping[str, int]) -> None:
        self._columns = [
            (mapping[code], [mapping[other] for other in known.carried if other in mapping])
            for code, known in fields.items()
            if known.carried is not None and code in mapping
        ]
        self._before: list[str] = []

    def fill(self, drafts: Sequence[Draft]) -> None:
        """Fill the rows of a piece and note in `filled` which cells were."""
        if not self._columns:
            return
        for draft in drafts:
            self._fill(draft)
            self._before = draft.cells

    def _fill(self, draft: Draft) -> None:
        before, own = self._before, list(draft.cells)
        filled = set(draft.filled)
        for column, within in self._columns:
            if max([column, *within]) >= min(len(before), len(own)) or own[column] or not before[column]:
                continue
            # What stands there by itself must not have changed: a new 小类 has no condition of the one above.
            if all(own[other] in {"", before[other]} for other in within):
                draft.cells[column] = before[column]
                filled.add(column)
        draft.filled = sorted(filled)
