"""What an import of these tables keeps, so that it can be taken back: one revision a record, with what stood before."""

import json
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

from lianxin.registry.imports.targets.protocol import Frame
from lianxin.registry.sources.models import Revision, Source
from lianxin.registry.sources.recording import packed


def token(*parts: str) -> bytes:
    """Return what names a row among those of its table."""
    return blake2b("\x1f".join(parts).encode(), digest_size=16).digest()


def keep(frame: Frame, source: Source, subject: str, made: Iterable[tuple[int, str, Mapping[str, Any] | None]]) -> None:
    """Note what was done to records: id, act, what stood before (None: nothing)."""
    Revision.objects.bulk_create(
        [
            Revision(
                subject=subject, subject_id=pk, version=0, act=act, at=frame.at, actor_id=frame.actor.account_id,
                actor_label=frame.actor.name[:120], source=source, fields=[],
                before=None if before is None else packed(before),
            )
            for pk, act, before in made
        ],
        batch_size=1000,
    )  # fmt: skip


def kept(source: Source, subject: str) -> list[tuple[int, str, dict[str, Any]]]:
    """Return what an import did to records of a kind, the latest first."""
    found = Revision.objects.filter(source=source, subject=subject).order_by("-pk")
    return [(one.subject_id, one.act, json.loads(one.before or "{}")) for one in found]
