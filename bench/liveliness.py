"""What happens while consoles listen. Run as a child on a bench's database; prints JSON lines.

First the consoles: a session each for people who may see cases, in turn of every role. Then, once told to begin on
standard input, an act a line with the instant it was committed. Last who may see which case, asked of the database.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from uuid import uuid4

import django

django.setup()

from bench.lives import Player  # noqa: E402 - after setup
from lianxin.faces.identity.cookies import SESSION  # noqa: E402
from lianxin.foundation.accounts.actions.signing import begin_session  # noqa: E402
from lianxin.foundation.accounts.actor import ANONYMOUS, Actor  # noqa: E402
from lianxin.foundation.accounts.queries import actor_of, current_posts  # noqa: E402
from lianxin.work.cases import actions as cases  # noqa: E402
from lianxin.work.cases.models import Case  # noqa: E402

CASES = 80


def listeners(count: int) -> Iterator[tuple[Actor, str]]:
    """Yield so many sessions of people who may see cases: a role after the other, so that none is left out."""
    at = datetime.now(UTC)
    by_role = defaultdict(list)
    for post in current_posts(at).select_related("role", "account").order_by("pk"):
        if "cases.view" in post.role.permissions:
            by_role[post.role_id].append(post.account)
    turn = 0
    while turn < count:
        for accounts in by_role.values():
            account = accounts[(turn // len(by_role)) % len(accounts)]
            actor = actor_of(account.pk, at=at)
            if actor is not None and turn < count:
                yield actor, begin_session(account, device="bench", address=None, at=at).key
            turn += 1


def on_hand(player: Player) -> list[Case]:
    """Report cases all over the county until enough are with a unit: who sees them does not change any more."""
    found: list[Case] = []
    while len(found) < CASES:
        at = datetime.now(UTC)
        report = cases.Report(
            text=player.rng.choice(player.texts), point=player.rng.choice(player.grids), kind="problem"
        )
        case = cases.report(ANONYMOUS, client_id=uuid4(), report=report, at=at)
        if case.stage == "dispatched":
            found.append(case)
    return found


def main(count: int, acts: int, per_second: float) -> None:
    """Sign in, act, and tell who should have heard."""
    player, dice = Player(1), Random(1)
    found = on_hand(player)
    actors = []
    for actor, key in listeners(count):
        actors.append(actor)
        print(json.dumps({"cookie": SESSION, "key": key}))
    print(json.dumps({"ready": True}), flush=True)
    sys.stdin.readline()
    begun = time.monotonic()
    for turn in range(acts):
        time.sleep(max(0.0, begun + turn / per_second - time.monotonic()))
        case = dice.choice(found)
        done = cases.annotate(player.staff.seat, case=case, seen=None, at=datetime.now(UTC), note=f"第 {turn} 句")
        print(json.dumps({"case": done.number, "version": done.version, "at": time.time()}), flush=True)
    ids = [case.pk for case in found]
    for place, actor in enumerate(actors):
        seen = Case.objects.visible_to(actor).filter(pk__in=ids).values_list("number", flat=True)
        print(json.dumps({"who": place, "sees": sorted(seen)}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
