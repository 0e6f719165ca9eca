"""Screens in Chromium at which somebody is signed in, in a served installation."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

import factories
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.actor import Actor
from serving import Served

Screens = Callable[..., Page]


@pytest.fixture
def screens(browser: Browser, served: Served) -> Iterator[Screens]:
    """Open a screen at which an actor is signed in: `screens(cast.seat, width=390)`."""
    contexts = []

    def open_for(actor: Actor, width: int = 1440, **more: Any) -> Page:
        entered = begin_session(factories.account_of(actor), device="test", address=None, at=datetime.now(UTC))
        context = browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": width, "height": 900}, base_url=served.url,
            reduced_motion="reduce", **more,
        )  # fmt: skip
        context.set_default_timeout(15_000)
        context.add_cookies([{"name": SESSION, "value": entered.key, "url": served.url}])
        contexts.append(context)
        return context.new_page()

    yield open_for
    for context in contexts:
        context.close()
