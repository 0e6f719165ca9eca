"""Letters for tests: the small county, its clerks, and a few ways to write to them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from PIL import Image

import factories
from cast import Cast
from lianxin.foundation.accounts.actor import ANONYMOUS, Actor
from lianxin.kernel.files import actions as files
from lianxin.work.wishes import actions as wishes
from lianxin.work.wishes.models import Letter, Side

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)  # Friday, ten in the morning
PHONE, OTHER_PHONE = "13855500001", "13855500002"
SECRET_WORDS = "楼上半夜总拖椅子，我不敢当面说"


@dataclass
class Mailbox:
    """The cast, and acts in short."""

    cast: Cast
    clerk_2: Actor  # a colleague of the clerk at the same community

    def put(self, by: Actor | None = None, **more: Any) -> Letter:
        """Write to community 11."""
        told: dict[str, Any] = {
            "key": uuid4(), "area_id": self.cast.county.grid(111).id, "topic": "dispute", "words": SECRET_WORDS,
            "at": NOW,
        } | more  # fmt: skip
        return wishes.put(by or self.cast.resident, **told)

    def taken(self, **more: Any) -> Letter:
        """Write, and let the clerk open it."""
        return wishes.take(self.cast.community_clerk, letter=self.put(**more), at=NOW + timedelta(minutes=5))


@pytest.fixture
def mailbox(cast: Cast) -> Mailbox:
    """The desk of community 11."""
    other = factories.make_staff(
        "shequ2", "秦二", "community_clerk", area=cast.county.community(11), unit=cast.county.units["community11"]
    )
    return Mailbox(cast, other)


def writer(letter: Letter) -> Side:
    """Return the writer's side."""
    return letter.sides.get(role=Side.Role.WRITER)


def said_to(side: Side) -> list[str]:
    """Return what a side's own page shows."""
    return list(side.notes.order_by("pk").values_list("words", flat=True))


def photo(colour: str = "teal", *, by: Actor = ANONYMOUS) -> UUID:
    """Upload a photo."""
    out = BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return files.store(out.getvalue(), kind="photo", at=NOW, by_id=by.account_id).key
