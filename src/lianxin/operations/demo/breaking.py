"""Cases about components of the made-up county: what grid workers found amiss on their rounds these days."""

from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.queries import actors_of, current_posts
from lianxin.registry.components.models import AMISS, Component, State
from lianxin.work.cases import actions as cases
from lianxin.work.cases.actions import Report
from lianxin.work.cases.models import Case
from lianxin.work.cases.words import Channel

MOST: Final = 24
WORDS: Final = {
    State.DAMAGED: ("{name}坏了，请来修。", "巡查看到{name}破损，已放了警示牌。"),
    State.MISSING: ("{name}不见了，先拦了一下。", "{name}丢失，怕有人踩空。"),
    State.OCCUPIED: ("{name}被杂物占了，用不了。", "{name}前停了车，挡住了。"),
}


def make(*, seed: int, now: datetime) -> int:
    """Let grid workers report components that stand amiss in their grids; return how many cases there are of these."""
    if Case.objects.exclude(component=None).exists():
        return 0
    rng = Random(f"breaking {seed}")
    found = 0
    for worker in _workers(now):
        component = Component.objects.visible_to(worker).now().filter(state__in=AMISS).order_by("number").first()
        if component is None:
            continue
        state = State(component.state)
        told = Report(
            text=rng.choice(WORDS[state]).format(name=component.name), channel=Channel.WORKER,
            component=component.key, component_state=state,
        )  # fmt: skip
        at = now - timedelta(minutes=rng.randint(30, 60 * 60))
        cases.report(worker, client_id=UUID(int=rng.getrandbits(128), version=4), report=told, at=at)
        found += 1
    return found


def _workers(now: datetime) -> list[Actor]:
    posts = current_posts(now).filter(area__role="grid", role__permissions__contains=["cases.report"])
    ids = sorted(set(posts.values_list("account_id", flat=True)))
    chosen = ids[:: max(1, len(ids) // MOST)][:MOST]
    return [actor for _id, actor in sorted(actors_of(chosen, at=now).items())]
