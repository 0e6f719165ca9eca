"""A grid worker's device for tests: records as it makes them, sent as it sends them."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import uuid4

from PIL import Image

from casework import GRID_111, NOW
from lianxin.faces.sync import wire
from lianxin.faces.sync.engine import Batch
from lianxin.faces.sync.records import Outcome
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel import versions
from lianxin.kernel.files import actions as files

Json = dict[str, Any]


@dataclass
class Device:
    """What one person's device does; nothing is kept here, so that the same records may be sent again."""

    actor: Actor

    def send(self, *records: Json, at: datetime = NOW, device_now: datetime | None = None) -> list[Outcome]:
        """Send a batch and return its outcomes."""
        sent = {"device_now": (device_now or at).isoformat(), "records": list(records)}
        batch = wire.batch_schema().model_validate(sent)
        return Batch(self.actor, at, versions.read(), request_id="0123456789abcdef").take(
            wire.items_of(batch, at=at)
        )  # fmt: skip


def record(kind: str, data: Json, *, made_at: datetime = NOW, **more: Any) -> Json:
    """Return a record as a device makes it."""
    return {"id": str(uuid4()), "kind": kind, "made_at": made_at.isoformat(), "data": data} | more


def report(**more: Any) -> Json:
    """Return a report from grid 111."""
    told = {"text": "消火栓被花盆挡住了。", "point": {"lon": GRID_111.lon, "lat": GRID_111.lat}, "accuracy_metres": 12}
    return record("case.report", told | more)


def act(number: str, name: str, seen: int, *, files: Any = (), **data: Any) -> Json:
    """Return an act on a case."""
    return record("case.act", {"number": number, "act": name, "seen": seen, "data": data, "files": list(files)})


def photo(actor: Actor, label: str = "", *, at: datetime = NOW) -> Json:
    """Send a photo, and return how a record names it."""
    stored = files.store(picture(), kind="photo", label=label, at=at, by_id=actor.account_id)
    return {"key": str(stored.key), "label": label}


def picture() -> bytes:
    """Return a small photo."""
    out = BytesIO()
    Image.new("RGB", (64, 48), (90, 120, 90)).save(out, "JPEG")
    return out.getvalue()
