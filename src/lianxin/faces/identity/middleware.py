"""One statement a request tells who sends it, by which posts, and how fresh the process's caches must be."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts.actor import ANONYMOUS
from lianxin.foundation.accounts.queries import Identity, load_actor
from lianxin.kernel import versions

from .cookies import SESSION, proved_cases
from .request import Request

_BEARER = "Bearer "
_MINUTE = timedelta(minutes=1)


class IdentityMiddleware:
    """Set `at`, `actor`, `numbers`, `signed_in` and `token` on each request; stands before the CSRF check.

    Who has yet to change a first password acts without posts until that is done.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Identify the sender and go on."""
        asked = cast("Request", request)
        asked.at = datetime.now(UTC)
        identity = _identify(asked)
        if identity is None:
            asked.actor, asked.signed_in, asked.token = ANONYMOUS, None, None
            # Pages that need no numbers cost no statement.
            asked.numbers = SimpleLazyObject(versions.read)  # type: ignore[assignment]
        else:
            asked.actor, asked.numbers = identity.actor, identity.numbers
            asked.signed_in, asked.token = identity.session, identity.token
            _note(identity, asked.at)
        if asked.signed_in is not None and asked.signed_in.must_change_password:
            asked.actor = replace(asked.actor, holdings=(), elevated=frozenset())
        proved = proved_cases(request)
        if proved:
            asked.actor = replace(asked.actor, case_ids=asked.actor.case_ids | frozenset(proved))
        return self._get_response(request)


def _identify(request: Request) -> Identity | None:
    header = request.headers.get("Authorization", "")
    if header.startswith(_BEARER):
        # A key in a header is never sent by a browser on its own, so there is no request to forge.
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # noqa: SLF001
        return load_actor(token_key=header.removeprefix(_BEARER).strip(), at=request.at)
    key = request.COOKIES.get(SESSION)
    return load_actor(session_key=key, at=request.at) if key else None


def _note(identity: Identity, at: datetime) -> None:
    session, token = identity.session, identity.token
    if session is not None and session.seen_at + _MINUTE < at:
        accounts.note_sign_of_life(session_id=session.id, at=at)
    if token is not None and (token.used_at is None or token.used_at + _MINUTE < at):
        accounts.note_use(token_id=token.id, at=at)
