"""What a line of the table of addresses says, and the people it speaks of."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import factories

STRANGER = "stranger"
STAFF = frozenset(
    {
        "grid_worker", "grid_worker_next_door", "community_clerk", "street_seat", "seat", "supervisor", "handler",
        "handler_next_door", "assist_handler", "verifier", "leader", "admin", "auditor", "data_officer",
    }
)  # fmt: skip
RESIDENTS = frozenset({"resident", "other_resident"})
SIGNED_IN = STAFF | RESIDENTS
ALL = SIGNED_IN | {STRANGER}

# The case of the test lies in grid 111 of community 11 of street 1, was reported by `resident`, is with 市城管局.
INSIDE = frozenset(
    {"grid_worker", "community_clerk", "street_seat", "seat", "supervisor", "handler", "verifier", "leader"}
)
SEES = INSIDE | {"resident"}


def who_may(permission: str) -> frozenset[str]:
    """Return the staff whose role gives a permission somewhere."""
    roles = {
        "grid_worker_next_door": "grid_worker", "handler_next_door": "handler", "assist_handler": "handler",
    }  # fmt: skip
    return frozenset(name for name in STAFF if permission in factories.ROLES[roles.get(name, name)][2])


@dataclass(frozen=True)
class Door:
    """Who passes; who is told it is not there (404); everybody else is told no (403, strangers 401)."""

    may: frozenset[str] = ALL
    hidden: frozenset[str] = frozenset()
    body: dict[str, Any] | None = None
    raw: bytes | None = None
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    # What a face without problem+json answers to who may not: a page for signing in, say.
    refused: frozenset[int] = frozenset({401, 403})
    file: str = "photo"  # which file a `key` in the address stands for
    form: dict[str, str] | None = None  # sent as a form in place of JSON
    values: dict[str, str] = field(default_factory=dict)  # what else stands in the address


def of_case(may: Iterable[str] = SEES, **more: Any) -> Door:
    """Return the door of something about the case: who does not see the case does not learn that it is there."""
    return Door(may=frozenset(may), hidden=ALL - SEES, **more)


def act(may: str, **body: Any) -> Door:
    """Return the door of an act on the case, which its unit handles now."""
    return of_case(may.split(), body=body, headers={"If-Match": "*"})


def signed_in(**more: Any) -> Door:
    """Return a door for all who have an account."""
    return Door(may=SIGNED_IN, **more)
