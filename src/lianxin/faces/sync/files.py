"""Photos and recordings that a record names: there already, or still on their way."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import Field

from lianxin.faces.acts.kinds import Input
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import Invalid
from lianxin.kernel.files import actions
from lianxin.kernel.files.models import FileStatus, StoredFile

from .records import Waiting


class RecordFileIn(Input):
    """A file sent through /files, by the key the device made; its label says what it shows."""

    key: Annotated[UUID, Field(title="文件")]
    label: Annotated[str, Field(pattern="^[a-z_]{0,20}$", title="照片说明标签，如 before_near、after_far")] = ""


FilesIn = Annotated[list[RecordFileIn], Field(max_length=9, title="照片、录音", description="最多 9 个")]


def demand_ready(actor: Actor, keys: Sequence[UUID]) -> None:
    """Raise Waiting while a file is on its way, Invalid for one that was refused. One statement; none without files."""
    if not keys:
        return
    rows = StoredFile.objects.filter(key__in=keys, created_by_id=actor.account_id)
    found = {key: (status, refusal) for key, status, refusal in rows.values_list("key", "status", "refusal")}
    refusals = [refusal for status, refusal in found.values() if status == FileStatus.REFUSED]
    if refusals:
        raise Invalid({"files": refusals[0] or _("有照片不能用，请去掉它再送。")})
    missing = sum(found.get(key, ("", ""))[0] != FileStatus.READY for key in dict.fromkeys(keys))
    if missing:
        raise Waiting(_("还有 %(count)d 个照片或录音没有传完，传完自动再送。") % {"count": missing}, code="files")


def attach(actor: Actor, files: Sequence[RecordFileIn], *, kind: str, subject_id: int, at: datetime) -> None:
    """Give files with their labels to what they show; doing it again changes nothing."""
    for label, group in groupby(files, key=lambda file: file.label):
        keys = [file.key for file in group]
        # Without a label of its own a file keeps the one it was announced with.
        actions.attach(
            keys, kind=kind, subject_id=subject_id, label=label or None, by_id=actor.account_id, at=at
        )  # fmt: skip
