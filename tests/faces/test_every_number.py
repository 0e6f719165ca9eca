"""The crawler: from the rail on, every number of every page opens a list of that many, whoever looks.

A number that opens no list says why (`data-count-why`), or its page stands below with the reason. So a new figure
without the cases behind it fails here.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve
from pytest_django import DjangoDbBlocker

import factories
from casework import GRID_222, Desk, make_desk
from cast import make_cast
from figures_shown import Opened, Shown, shown
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.insight.statistics import folding
from lianxin.work.cases import actions as cases

WHO = ("leader", "supervisor", "seat", "street_seat", "community_clerk", "handler")
PAGES_OF_A_KIND = 2  # of one address and one set of words in its query
MOST_PAGES = 90  # of one person: more is a crawler that runs in circles
# (pattern of the address, pattern of the text, why these numbers open no list)
NO_LIST: tuple[tuple[str, str, str], ...] = (
    (r"^/console/units/$", r"\d [人条]$", "the unit's own page, which the row opens, lists its people and duties"),
    (r"^/console/imports/new/", r"\d$", "the steps of an import are numbered"),
)
# Addresses that are not followed: they lead out, sign out, download or show one thing.
_NOT_FOLLOWED = re.compile(
    r"/console/(sign-in|sign-out|cases/\d|me\b|help|screen)|\.(csv|xlsx|geojson|jpg|png)\b|/(file|export|print)\b|^(?!/console/)"
)


@pytest.fixture(scope="module")
def busy(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Desk]:
    """A county in which everything has happened in the last weeks."""
    with django_db_blocker.unblock(), transaction.atomic():
        desk = make_desk(make_cast(factories.make_county()))
        now = datetime.now(UTC)
        for days in (0, 3, 20, 40):
            at = now - timedelta(days=days, hours=2)
            for stage in ("reported", "filed", "dispatched", "handling", "handled", "verified", "closed"):
                desk.at_stage(stage, at=at)
            desk.at_stage("handling", at=at, point=GRID_222)
            back = desk.handling(at=at)
            later = at + timedelta(hours=1)
            cases.give_back(desk.cast.handler, case=back, seen=None, at=later, reason="not_ours", note="不归")
            cases.supervise(desk.cast.supervisor, case=desk.handling(at=at), seen=None, at=later, note="请抓紧")
        folding.fold_all(at=now)
        yield desk
        transaction.set_rollback(True)


@dataclass
class Crawl:
    """One person's way through the pages."""

    client: Client
    wrong: list[str] = field(default_factory=list)
    pages: dict[str, Shown] = field(default_factory=dict)
    seen: Counter[tuple[str, tuple[str, ...]]] = field(default_factory=Counter)

    def page(self, address: str) -> Shown | None:
        """Return what an address shows; None for what is no page."""
        if address not in self.pages:
            answer = self.client.get(address, headers={"accept": "text/html"})
            if answer.status_code != 200 or "text/html" not in answer.headers.get("Content-Type", ""):
                if answer.status_code >= 400:
                    self.wrong.append(f"{address}: {answer.status_code}")
                return None
            self.pages[address] = shown(answer.content.decode())
        return self.pages[address]

    def walk(self, begin: str) -> None:
        """Look at the pages that can be reached, a few of each kind."""
        waiting, judged = [begin], set[str]()
        while waiting:
            address = waiting.pop(0)
            if address in judged:
                continue
            judged.add(address)
            if not self._is_new(address) or (found := self.page(address)) is None:
                continue
            self._judge(address, found)
            waiting += [_plain(address, link) for link in found.links]

    def _is_new(self, address: str) -> bool:
        parts = urlsplit(address)
        if _NOT_FOLLOWED.search(parts.path) or sum(self.seen.values()) >= MOST_PAGES:
            return False
        try:
            route = resolve(parts.path).route
        except Resolver404:
            return False
        kind = route, tuple(sorted({name for name, _value in parse_qsl(parts.query)} - {"after", "first"}))
        self.seen[kind] += 1
        return self.seen[kind] <= PAGES_OF_A_KIND

    def _judge(self, address: str, found: Shown) -> None:
        path = urlsplit(address).path
        for text in found.bare:
            if not any(re.search(where, path) and re.search(what, text) for where, what, _why in NO_LIST):
                self.wrong.append(f"{address}: “{text}” opens nothing and does not say why")
        for number in dict.fromkeys(found.opened):
            self._open(address, number)

    def _open(self, address: str, number: Opened) -> None:
        """Compare a number with the total of the list behind it."""
        there = self.page(_plain(address, number.address))
        if there is None or not number.said.replace(",", "").isdecimal():
            return
        said = int(number.said.replace(",", ""))
        if not there.totals:
            if said:
                self.wrong.append(f"{address}: behind {said} {number.address} shows no total")
            return
        total = there.totals[0].replace(",", "")
        if total.endswith("+") and said >= int(total[:-1]):
            return
        if total != str(said):
            self.wrong.append(f"{address}: {said}, but {number.address} has {total}")


def _plain(address: str, link: str) -> str:
    """Return where a link leads, without its fragment."""
    return urljoin(address, link).partition("#")[0]


@pytest.mark.parametrize("who", WHO)
def test_every_number_opens_a_list_of_that_many(busy: Desk, who: str) -> None:
    actor = getattr(busy.cast, who)
    with transaction.atomic():
        entered = begin_session(factories.account_of(actor), device="test", address=None, at=datetime.now(UTC))
        client = Client()
        client.cookies[SESSION] = entered.key
        crawl = Crawl(client)
        crawl.walk("/console/")
        transaction.set_rollback(True)
    assert not crawl.wrong, "\n".join(crawl.wrong)
    numbers = sum(len(each.opened) for each in crawl.pages.values())
    assert len(crawl.pages) > 8
    assert numbers > 8, f"{who} saw hardly a number"
