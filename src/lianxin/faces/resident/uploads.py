"""Files that come with a form, from a browser without script: kept at once, so that a refused form loses none."""

import contextlib
from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from uuid import UUID, uuid5

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from lianxin.kernel import ids
from lianxin.kernel.errors import Invalid, LianxinError
from lianxin.kernel.files import actions, queries
from lianxin.kernel.files.models import FileKind, FileStatus, StoredFile

MOST = 9
_PIECE = 1024 * 1024
FIELDS = ("photos", "voice")  # names of file inputs
KEPT = "files"  # name of hidden inputs: keys of what is there already


def files_of_form(request: HttpRequest, client_id: UUID, *, by_id: int | None, at: datetime) -> list[UUID]:
    """Return the keys of all files of a form: those sent before, and those that come with it, which are stored.

    The same form sent again stores nothing anew. Raises Invalid, named `photos`, for what cannot be taken.
    """
    keys = [ids.parse(text, field="photos") for text in request.POST.getlist(KEPT) if text]
    sent = [file for name in FIELDS for file in request.FILES.getlist(name) if file.name]
    if len(keys) + len(sent) > MOST:
        raise Invalid({"photos": _("最多 %(most)d 个照片、视频。请去掉几个再送。") % {"most": MOST}})
    return [*keys, *(keep(file, client_id, by_id, at) for file in sent)]


def keys_of_form(request: HttpRequest) -> list[UUID]:
    """Return the keys of files that the form has sent before; what is no key is left out."""
    keys: list[UUID] = []
    for text in request.POST.getlist(KEPT)[:MOST]:
        with contextlib.suppress(Invalid):
            keys.append(ids.parse(text))
    return keys


def keep(upload: UploadedFile, client_id: UUID, by_id: int | None, at: datetime) -> UUID:
    """Store one file. Its key follows from the form and the bytes, so a second sending finds it."""
    digest = blake2b(digest_size=16)
    for piece in upload.chunks(_PIECE):
        digest.update(piece)
    key = uuid5(client_id, digest.hexdigest())
    try:
        file = _known(key) or actions.begin(kind=_kind(upload), size=upload.size or 0, by_id=by_id, key=key, at=at)
        offset = 0
        for piece in upload.chunks(_PIECE):
            if file.status != FileStatus.UPLOADING:
                break
            file = actions.receive(key, offset=offset, data=piece, at=at)
            offset += len(piece)
    except LianxinError as error:
        sentence = next(iter(error.fields.values())) if isinstance(error, Invalid) else error.sentence
        raise Invalid({"photos": sentence}) from None
    return key


def _known(key: UUID) -> StoredFile | None:
    return StoredFile.objects.filter(key=key).exclude(status=FileStatus.REFUSED).first()


def _kind(upload: UploadedFile) -> FileKind:
    """Tell by what the browser says; the content has the last word."""
    family = (upload.content_type or "").partition("/")[0]
    return {"audio": FileKind.VOICE, "video": FileKind.VIDEO}.get(family, FileKind.PHOTO)


def kept(keys: Iterable[UUID]) -> list[StoredFile]:
    """Return the files behind keys, to show them again in a form that came back; those that are gone are left out."""
    wanted = list(keys)
    found = {file.key: file for file in StoredFile.objects.filter(key__in=wanted, status=FileStatus.READY)}
    return [found[key] for key in wanted if key in found]


def shown_of(case_id: int, hidden: frozenset[str]) -> list[StoredFile]:
    """Return the files of a case but those with a hidden label."""
    return [file for file in queries.files_of("case", case_id) if file.label not in hidden]
