"""Photos and recordings of letters: taken from what was uploaded, sealed in pieces, and the upload destroyed."""

import base64
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid
from lianxin.kernel.files import actions as files
from lianxin.kernel.files import queries
from lianxin.kernel.files.models import FileKind, FileStatus, StoredFile

from .models import Enclosure, Note, Piece

MOST = 9
_PIECE = 48 * 1024
_KINDS = frozenset({FileKind.PHOTO, FileKind.VOICE})


def check(keys: Sequence[UUID], *, by_id: int | None) -> list[StoredFile]:
    """Return the uploads behind the keys; raise Invalid for one that is not there, not ours or of a wrong kind."""
    if len(keys) > MOST:
        raise Invalid({"files": _("最多 %(most)d 个，请去掉几个再送。") % {"most": MOST}})
    found = {file.key: file for file in StoredFile.objects.select_for_update().filter(key__in=keys).order_by("pk")}
    rows = [found[key] for key in dict.fromkeys(keys) if key in found]
    if len(rows) < len(set(keys)) or any(not _may_take(row, by_id) for row in rows):
        raise Invalid({"files": _("有文件找不到了，可能已经过期。请重新上传。")})
    if any(row.kind not in _KINDS for row in rows):
        raise Invalid({"files": _("信里可以放照片和录音，不能放视频。")})
    return rows


def _may_take(row: StoredFile, by_id: int | None) -> bool:
    return row.status == FileStatus.READY and row.subject_id is None and row.created_by_id in {None, by_id}


@transaction.atomic
def enclose(note: Note, rows: Sequence[StoredFile], *, at: datetime) -> None:  # noqa: ARG001 - as all that writes
    """Seal the uploads into a note; afterwards the plain files are gone."""
    for row in rows:
        made = Enclosure.objects.create(
            key=row.key, note=note, kind=row.kind, mime=row.mime, size=row.size, seconds=row.seconds
        )
        with queries.open_file(row) as content:
            pieces = iter(lambda: content.read(_PIECE), b"")
            Piece.objects.bulk_create(
                Piece(enclosure=made, position=position, data=base64.b64encode(piece).decode())
                for position, piece in enumerate(pieces)
            )
        files.discard(row.key, by_id=row.created_by_id)


def opened(enclosure: Enclosure) -> Iterator[bytes]:
    """Yield the bytes of an enclosure, a piece at a time."""
    for piece in enclosure.pieces.order_by("position").iterator(chunk_size=20):
        yield base64.b64decode(piece.data)
