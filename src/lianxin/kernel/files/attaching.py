"""Give many files to many subjects at once, as a device brings them: one statement, however many they are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid
from lianxin.kernel.files.kinds import MOST_IN_ONE_ACT

_GIVE = """
UPDATE stored_file SET subject_kind = %(kind)s, subject_id = told.subject_id, position = told.position,
    label = CASE WHEN %(label)s = '' THEN label ELSE %(label)s END, touched_at = %(at)s
FROM unnest(%(keys)s::uuid[], %(subjects)s::bigint[], %(positions)s::int[]) told(key, subject_id, position)
WHERE stored_file.key = told.key AND status = 'ready' AND stored_file.subject_id IS NULL
    AND (created_by_id IS NULL OR created_by_id = %(by_id)s)
"""


def attach_each(
    told: Sequence[tuple[int, Sequence[UUID]]], *, kind: str, at: datetime, by_id: int | None, label: str = ""
) -> int:
    """Let ready files that `by_id` sent belong to subjects that have none yet; returns how many.

    Raises Invalid, and the caller's transaction with it, when one of them is not there or belongs elsewhere.
    """
    rows = [
        (key, subject_id, position)
        for subject_id, keys in told for position, key in enumerate(dict.fromkeys(keys), 1)
    ]  # fmt: skip
    if any(position > MOST_IN_ONE_ACT for _key, _subject, position in rows):
        raise Invalid({"files": _("一次最多 %(most)d 个文件，请分几次提交。") % {"most": MOST_IN_ONE_ACT}})
    if not rows:
        return 0
    keys, subjects, positions = (list(column) for column in zip(*rows, strict=True))
    values: dict[str, Any] = {
        "kind": kind, "label": label, "at": at, "by_id": by_id, "keys": keys, "subjects": subjects,
        "positions": positions,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_GIVE, values)
        given = int(cursor.rowcount)
    if given < len(rows):
        raise Invalid({"files": _("有文件找不到了，可能已经过期。请重新上传。")})
    return given
