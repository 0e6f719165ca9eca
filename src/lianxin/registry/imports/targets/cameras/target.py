"""The target: rows judged against what is there, written together, and taken back."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lianxin.kernel.geometry.points import Point
from lianxin.kernel.ids import uuid7
from lianxin.kernel.text import search_vector
from lianxin.registry.cameras.actions.registering import plain, words_of
from lianxin.registry.cameras.models import Camera
from lianxin.registry.imports.copying import copy_rows, new_ids
from lianxin.registry.imports.drafts import Draft, Verdict
from lianxin.registry.imports.fields import ImportField
from lianxin.registry.imports.targets.protocol import Frame, Session, Undone
from lianxin.registry.imports.targets.spots import HOT, copy_revisions
from lianxin.registry.sources.models import Source
from lianxin.registry.sources.recording import sealed, unsealed

from .fields import FIELDS
from .finding import Finder, Found

SUBJECT = "camera"
_DEFAULTS: Mapping[str, Any] = {
    "kind": Camera.Kind.OTHER, "state": Camera.State.UNKNOWN, "system": "", "address": "", "note": "", "bearing": None,
    "angle": None, "reach_m": None, "height_m": None,
}  # fmt: skip
_COLUMNS = ("name", "owner_unit_id", "point", *_DEFAULTS, *HOT)
_LOOK = {"bearing", "angle", "reach_m", "height_m"}


class CamerasTarget:
    """Cameras, by their numbers."""

    code, icon, permission, is_geo, is_woven = "cameras", "video", "cameras.manage", True, False
    key_field = "number"
    label = _("视频点位")
    line = _("摄像机台账，核对国标编码；只登记位置和归属，不接画面")
    touches = {
        "camera": _("新增点位"), "name": _("改名称"), "point": _("改位置"), "look": _("改朝向、视角"),
        "owner": _("改权属、平台"), "state": _("改在线状态"), "other": _("改其他"),
    }  # fmt: skip
    fields: Sequence[ImportField] = FIELDS

    def begin(self, frame: Frame) -> Session:
        """Begin a pass."""
        return _Cameras(frame)

    def undo(self, frame: Frame, source: Source) -> Undone:
        """Take a delivery back: what it made and nobody used goes, what it changed is as before."""
        return _restore(frame, source) + _remove(source)


class _Cameras:
    def __init__(self, frame: Frame) -> None:
        self.frame, self.finder = frame, Finder(frame)

    def prepare(self, drafts: Sequence[Draft]) -> None:
        """There is little to make ready."""

    def check(self, drafts: Sequence[Draft]) -> None:
        self.finder.find(drafts)
        for draft in drafts:
            number = draft.values.get("number")
            draft.token = blake2b(number.encode(), digest_size=16).digest() if number else None
            if draft.data is not None and not draft.is_wrong:
                self._judge(draft, draft.data)

    def _judge(self, draft: Draft, found: Found) -> None:
        held = found.held
        if held is None:
            draft.verdict, draft.touches = Verdict.NEW, ["camera"]
            return
        found.changes = {name: value for name, value in found.values.items() if getattr(held, name) != value}
        if "point" not in found.changes:
            # Borders that moved meanwhile are followed by the job, not by a table.
            found.changes = {name: value for name, value in found.changes.items() if name not in HOT}
        draft.touches = sorted({_touch(name) for name in found.changes})
        draft.verdict = Verdict.CHANGE if found.changes else Verdict.SAME

    def apply(self, drafts: Sequence[Draft], source: Source) -> None:
        self._make([draft.data for draft in drafts if draft.data.held is None], source)
        self._change([draft.data for draft in drafts if draft.data.held is not None], source)

    def _make(self, found: Sequence[Found], source: Source) -> None:
        if not found:
            return
        at, ids = self.frame.at, new_ids("camera", len(found))
        names = ("id", "key", "number", *_COLUMNS, "state_since", "valid_from", "words")
        rows = []
        for pk, one in zip(ids, found, strict=True):
            values = {**_DEFAULTS, **one.values}
            columns = [_plain(values[name]) for name in _COLUMNS]
            rows.append((pk, uuid7(at), one.number, *columns, at, at,
                         search_vector(f"{values['name']} {values['address']}")))  # fmt: skip
        copy_rows(Camera, names, rows)
        copy_revisions(self.frame, source, ((SUBJECT, pk, 1, "create", [], None) for pk in ids))

    def _change(self, found: Sequence[Found], source: Source) -> None:
        revisions = []
        for one in found:
            held, changes = one.held, dict(one.changes)
            if held is None or not changes:
                continue
            if "state" in changes:
                changes["state_since"] = self.frame.at
            before = {name: getattr(held, name) for name in changes}
            version = held.version + 1
            for name, value in changes.items():
                setattr(held, name, value)
            written = {name: getattr(held, name) for name in changes} | {"words": words_of(held), "version": version}
            # Where somebody was quicker the row stays theirs.
            if Camera.objects.filter(pk=held.pk, version=held.version).update(**written):
                revisions.append((SUBJECT, held.pk, version, "amend", list(changes), sealed(plain(before))))
        copy_revisions(self.frame, source, revisions)


def _plain(value: Any) -> Any:
    return value.sql if isinstance(value, Point) else value


def _touch(column: str) -> str:
    if column in _LOOK:
        return "look"
    if column == "point" or column in HOT:
        return "point"
    if column in {"owner_unit_id", "system"}:
        return "owner"
    return column if column in {"name", "state"} else "other"


@transaction.atomic
def _restore(frame: Frame, source: Source) -> Undone:
    undone, revisions = Undone(), []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id, version, before FROM revision WHERE source_id = %s AND subject = %s AND act = 'amend'"
            " ORDER BY id DESC",
            [source.pk, SUBJECT],
        )
        found = cursor.fetchall()
    for pk, version, before in found:
        camera = Camera.objects.select_for_update().filter(pk=pk, version=version, valid_to=None).first()
        if camera is None:
            undone += Undone(0, 1)
            continue
        values = unsealed(before)
        for name, value in values.items():
            setattr(camera, name, Point(*value) if name == "point" else value)
        camera.words, camera.version = words_of(camera), version + 1
        camera.save()
        revisions.append((SUBJECT, pk, version + 1, "undo", list(values), None))
        undone += Undone(1, 0)
    copy_revisions(frame, source, revisions)
    return undone


_REMOVE = """
DELETE FROM camera c USING revision r
WHERE r.source_id = %s AND r.subject = %s AND r.act = 'create' AND r.subject_id = c.id AND c.version = 1
    AND NOT EXISTS (SELECT 1 FROM camera_access a WHERE a.camera_id = c.id)
RETURNING c.id
"""


@transaction.atomic
def _remove(source: Source) -> Undone:
    """Remove what the delivery made, unless somebody has amended it or asked for it since."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM revision WHERE source_id = %s AND subject = %s AND act = 'create'",
            [source.pk, SUBJECT],
        )
        made = cursor.fetchone()[0]
        cursor.execute(_REMOVE, [source.pk, SUBJECT])
        gone = [row[0] for row in cursor.fetchall()]
        cursor.execute("DELETE FROM revision WHERE subject = %s AND subject_id = ANY(%s)", [SUBJECT, gone])
    return Undone(len(gone), made - len(gone))
