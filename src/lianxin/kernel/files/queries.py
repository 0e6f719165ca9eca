"""Reading files. Whoever calls has asked whether the viewer may see the subject."""

from collections.abc import Iterable
from typing import BinaryIO
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lianxin.kernel.errors import NotFound
from lianxin.kernel.files import disk
from lianxin.kernel.files.kinds import by_mime
from lianxin.kernel.files.models import FileStatus, StoredFile


def files_of(kind: str, subject_id: int) -> QuerySet[StoredFile]:
    """Return the files of a subject in their order."""
    return files_of_many(kind, [subject_id]).order_by("position")


def files_of_many(kind: str, subject_ids: Iterable[int]) -> QuerySet[StoredFile]:
    """Return the files of many subjects, in the order of subjects and positions."""
    found = StoredFile.objects.filter(subject_kind=kind, subject_id__in=list(subject_ids), status=FileStatus.READY)
    return found.order_by("subject_id", "position")


def labels_of(kind: str, subject_id: int) -> set[str]:
    """Return what the files of a subject show, such as near, far, before, after."""
    return set(files_of(kind, subject_id).exclude(label="").order_by().values_list("label", flat=True))


def find(key: UUID) -> StoredFile:
    """Return a file by its public key, in whatever state; raise NotFound."""
    file = StoredFile.objects.filter(key=key).first()
    if file is None:
        raise NotFound(_("没有这个文件，可能已经过期。"))
    return file


def open_file(file: StoredFile, *, is_thumb: bool = False) -> BinaryIO:
    """Open the bytes of a ready file, or of its small picture (WebP, photos only), for reading; raise NotFound."""
    if file.status != FileStatus.READY or (is_thumb and not file.has_thumb):
        raise NotFound(_("没有这个文件，可能已经过期。"))
    path = disk.thumb(file.key) if is_thumb else disk.stored(file.key, by_mime(file.mime).ending)
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise NotFound(_("文件在磁盘上找不到了，请联系管理员。")) from None
