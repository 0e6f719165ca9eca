"""Receiving files: in pieces that may be repeated, checked when whole, then attached to what they show.

file = begin(kind="photo", size=…, name=…, at=…)     → file.key for the client
file = receive(file.key, offset=0, data=…, at=…)     → file.received tells where to go on
attach([file.key], kind="case", subject_id=17, at=…)
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.files import boxes, disk, images
from lianxin.kernel.files.kinds import MOST_IN_ONE_ACT, MOST_OF_A_SUBJECT, Format, by_mime, check_size, format_of
from lianxin.kernel.files.models import FileKind, FileStatus, StoredFile
from lianxin.kernel.ids import uuid7

_LABEL = re.compile(r"[a-z_]{0,20}")
_HEAD = 8192  # bytes that show what a file is


def begin(
    *, kind: str, size: int, at: datetime, label: str = "", by_id: int | None = None, key: UUID | None = None
) -> StoredFile:
    """Announce an upload of so many bytes and return its row. The same key (made by the client) changes nothing."""
    if kind not in FileKind.values:
        raise Invalid({"kind": _("只能上传照片、视频或录音。")})
    if not _LABEL.fullmatch(label):
        raise Invalid({"label": _("照片的说明标签不正确。")})
    check_size(kind, size)
    fields = {"kind": kind, "size": size, "label": label, "created_at": at, "touched_at": at, "created_by_id": by_id}
    file, was_made = StoredFile.objects.get_or_create(key=key or uuid7(at), defaults=fields)
    if not was_made and (file.kind, file.created_by_id) != (kind, by_id):
        raise Refused("upload_key", _("这个上传编号已用于另一个文件，请重新选择文件。"))
    return file


def receive(key: UUID, *, offset: int, data: bytes, at: datetime) -> StoredFile:
    """Take a piece that begins at `offset`; a piece that is there already changes nothing. The last one finishes.

    Raises Refused `upload_offset` when bytes are missing before the piece, and Invalid when the whole file is not
    one we take; it is then gone.
    """
    with transaction.atomic():
        file = _uploading(key)
        if file.status != FileStatus.UPLOADING:
            return _told(file)
        _write(file, offset, data, at)
    return _finish(key, at) if file.received == file.size else file


def store(
    data: bytes, *, kind: str, at: datetime, label: str = "", by_id: int | None = None, key: UUID | None = None
) -> StoredFile:
    """Take a whole file at once, as forms without script send it."""
    file = begin(kind=kind, size=len(data), label=label, by_id=by_id, key=key, at=at)
    return receive(file.key, offset=0, data=data, at=at)


@transaction.atomic
def attach(
    keys: Sequence[UUID],
    *,
    kind: str,
    subject_id: int,
    at: datetime,
    label: str | None = None,
    by_id: int | None = None,
) -> list[StoredFile]:
    """Let ready files belong to a subject, in this order after those it has; doing it again changes nothing.

    A `label` replaces the one given at the upload. With `by_id`, only files which that account sent (or nobody
    signed in) are taken. At most nine in one act.
    """
    if len(keys) > MOST_IN_ONE_ACT:
        raise Invalid({"files": _("一次最多 %(most)d 个文件，请分几次提交。") % {"most": MOST_IN_ONE_ACT}})
    # Always in the order of ids, so that two acts with the same files cannot wait for each other.
    rows = {row.key: row for row in StoredFile.objects.select_for_update().filter(key__in=keys).order_by("pk")}
    files = [_attachable(rows.get(key), kind, subject_id, by_id) for key in dict.fromkeys(keys)]
    there = StoredFile.objects.filter(subject_kind=kind, subject_id=subject_id)
    position = there.aggregate(last=Max("position"))["last"] or 0
    for file in files:
        if file.subject_id is None:
            position += 1
            file.subject_kind, file.subject_id, file.position = kind, subject_id, position
        file.label = file.label if label is None else label
        file.touched_at = at
    if position > MOST_OF_A_SUBJECT:
        raise Invalid({"files": _("文件太多了，最多 %(most)d 个。") % {"most": MOST_OF_A_SUBJECT}})
    StoredFile.objects.bulk_update(files, ["subject_kind", "subject_id", "position", "label", "touched_at"])
    return files


@transaction.atomic
def pass_on(kind: str, subject_id: int, *, to_kind: str, to_subject_id: int, at: datetime) -> int:
    """Let all files of one subject belong to another from now on, after those it has; returns how many."""
    mine = StoredFile.objects.select_for_update().filter(subject_kind=kind, subject_id=subject_id)
    moved = list(mine.order_by("pk"))
    there = StoredFile.objects.filter(subject_kind=to_kind, subject_id=to_subject_id)
    last = there.aggregate(last=Max("position"))["last"] or 0
    if last + len(moved) > MOST_OF_A_SUBJECT:
        raise Invalid({"files": _("文件太多了，最多 %(most)d 个。") % {"most": MOST_OF_A_SUBJECT}})
    for position, file in enumerate(moved, last + 1):
        file.subject_kind, file.subject_id, file.position, file.touched_at = to_kind, to_subject_id, position, at
    StoredFile.objects.bulk_update(moved, ["subject_kind", "subject_id", "position", "touched_at"])
    return len(moved)


@transaction.atomic
def discard(key: UUID, *, by_id: int | None = None) -> None:
    """Remove an upload that belongs to no subject yet; one that is gone is no fault."""
    file = StoredFile.objects.select_for_update().filter(key=key, created_by_id=by_id).first()
    if file is None:
        return
    if file.subject_id is not None:
        raise Refused("attached", _("这个文件已经提交，不能删除。"))
    _remove([file])


@transaction.atomic
def remove_of(kind: str, subject_ids: Iterable[int]) -> int:
    """Remove all files of subjects that may keep none any more; returns how many."""
    gone = list(StoredFile.objects.select_for_update().filter(subject_kind=kind, subject_id__in=list(subject_ids)))
    _remove(gone)
    return len(gone)


def expire(
    *, at: datetime, unfinished: timedelta = timedelta(days=1), unattached: timedelta = timedelta(days=7)
) -> int:
    """Remove uploads that were left: unfinished for a day, or whole but attached to nothing for a week.

    Returns how many. Several workers may run this.
    """
    loose = StoredFile.objects.filter(subject_id=None)
    late = loose.filter(touched_at__lt=at - unattached) | loose.exclude(status=FileStatus.READY).filter(
        touched_at__lt=at - unfinished
    )
    with transaction.atomic():
        gone = list(late.select_for_update(skip_locked=True)[:1000])
        _remove(gone)
    # Disk first: a row is made before its file, so a file that was there and has no row is a rest.
    growing = disk.growing()
    known = StoredFile.objects.filter(key__in=growing, status=FileStatus.UPLOADING).values_list("key", flat=True)
    disk.remove(*(growing[key] for key in growing.keys() - set(known)))
    return len(gone)


def _uploading(key: UUID) -> StoredFile:
    file = StoredFile.objects.select_for_update().filter(key=key).first()
    if file is None:
        raise NotFound(_("没有这个上传，可能已经过期。请重新选择文件。"))
    return file


def _told(file: StoredFile) -> StoredFile:
    if file.status == FileStatus.REFUSED:
        raise Invalid({"file": file.refusal})
    return file


def _write(file: StoredFile, offset: int, data: bytes, at: datetime) -> None:
    path = disk.incoming(file.key)
    # After a lost disk or a restored backup, what we counted may not be there.
    there = min(file.received, path.stat().st_size if path.exists() else 0)
    if not 0 <= offset <= there:
        raise Refused("upload_offset", _("上传不连续，请从第 %(there)d 字节继续。") % {"there": there})
    if offset + len(data) > file.size:
        raise Invalid({"file": _("收到的内容比说好的 %(size)d 字节多，请重新上传。") % {"size": file.size}})
    fresh = data[there - offset :]
    if fresh:
        disk.write_piece(path, there, fresh)
    file.received = there + len(fresh)
    file.touched_at = at
    file.save(update_fields=["received", "touched_at"])


def _finish(key: UUID, at: datetime) -> StoredFile:
    """Check the whole file, make it safe and put it in its place; may be repeated after a crash at any point."""
    with transaction.atomic():
        # Locked again: of two senders of the last piece, one finishes and the other sees what came of it.
        file = _uploading(key)
        if file.status == FileStatus.UPLOADING:
            _decide(file, at)
            file.save()
    disk.remove(disk.incoming(key))
    return _told(file)


def _decide(file: StoredFile, at: datetime) -> None:
    try:
        with disk.incoming(file.key).open("rb") as content:
            form = format_of(content.read(_HEAD))
        form = _made_safe(file, form, at)
    except Invalid as refusal:
        # Kept, so that whoever sends the last piece again hears the same.
        file.status, file.refusal = FileStatus.REFUSED, next(iter(refusal.fields.values()))[:200]
    else:
        file.kind, file.mime, file.status = form.kind, form.mime, FileStatus.READY


def _made_safe(file: StoredFile, form: Format, at: datetime) -> Format:
    path = disk.incoming(file.key)
    check_size(form.kind, file.size)
    if form.kind == FileKind.PHOTO:
        photo = images.read_photo(path, at=at)
        form = by_mime("image/jpeg")
        disk.write_whole(disk.thumb(file.key), photo.thumb)
        disk.write_whole(disk.stored(file.key, form.ending), photo.data)
        file.width, file.height, file.taken_at, file.has_thumb = photo.width, photo.height, photo.taken_at, True
        file.size, file.sha256 = len(photo.data), hashlib.sha256(photo.data).hexdigest()
        return form
    if form.has_boxes:
        with path.open("r+b") as content:
            film = boxes.strip(content)
        # Phones record voice into files that call themselves video.
        form = form if film.has_picture else by_mime("audio/mp4")
        check_size(form.kind, file.size)
        file.width, file.height, file.seconds = film.width, film.height, film.seconds
    with path.open("rb") as content:
        file.sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    disk.place(path, disk.stored(file.key, form.ending))
    return form


def _attachable(file: StoredFile | None, kind: str, subject_id: int, by_id: int | None) -> StoredFile:
    if file is None or (by_id is not None and file.created_by_id not in {None, by_id}):
        raise Invalid({"files": _("有文件找不到了，可能已经过期。请重新上传。")})
    if file.status != FileStatus.READY:
        raise Invalid({"files": file.refusal or _("有文件还没有传完，请等它传完再提交。")})
    if file.subject_id is not None and (file.subject_kind, file.subject_id) != (kind, subject_id):
        raise Invalid({"files": _("有文件已用在别处，请重新上传。")})
    return file


def _remove(files: Iterable[StoredFile]) -> None:
    paths = [path for file in files for path in _paths(file)]
    StoredFile.objects.filter(pk__in=[file.pk for file in files]).delete()
    transaction.on_commit(lambda: disk.remove(*paths))


def _paths(file: StoredFile) -> list[Path]:
    paths = [disk.incoming(file.key)]
    if file.mime:
        paths += [disk.stored(file.key, by_mime(file.mime).ending), disk.thumb(file.key)]
    return paths
