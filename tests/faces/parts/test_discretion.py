"""No log learns a key that stands in an address: every address with one is kept out, and a new one must be listed."""

import logging
import re
from collections.abc import Iterator

import pytest
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from lianxin.faces.parts.discretion import SECRET, discreet
from lianxin.faces.parts.faults import broken

# What a number or a whole word in an address may be without opening anything by itself.
NAMES = {
    "act", "check", "code", "group", "kind", "name", "number", "other", "shape", "subject", "table", "theme", "when",
    "which",
}  # fmt: skip
# Keys of rows: who opens them must be signed in and see the row.
OPEN = {
    "api/v1/devices/<key>/readings": "a device one sees",
    "api/v1/files/<key>": "a file's own right to be seen is asked",
    "api/v1/files/<key>/thumb": "the same",
    "api/v1/people/<key>": "a person one sees",
    "api/v1/people/<key>/look": "the same",
    "api/v1/patrols/<key>/track": "one's own round",
    "api/v1/sessions/<session_id>": "one's own session; its secret is another",
    "api/v1/tokens/<token_id>": "one's own token; its secret is another",
    "cap/<path:identifier>.xml": "a warning told to everybody",
    "console/profile/bring/<str:key>": "a file an administrator has sent",
    "console/map/v/<slug:key>": "opens with the rights of who looks",
    "console/map/drawn/<slug:key>": "the same",
    "console/map/portrait/<slug:kind>/<str:key>": "what one sees",
    "devices/<slug:adapter>": "the name of an adapter; the device's key travels in a header",
    "devices/<slug:adapter>/<path:topic>": "the same, and a topic that names a device",
    "me/devices/<session_id>/end": "one's own session; its secret is another",
    "worker/<path:path>": "the shell of the app, the same for all",
}
_PART = re.compile(r"<(?:(\w+):)?(\w+)>")


def _addresses(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for found in resolver.url_patterns:
        address = before + str(found.pattern)
        if isinstance(found, URLPattern):
            yield address
        else:
            yield from _addresses(found, address)


def test_every_address_with_a_key_is_kept_out_of_the_log_or_listed_as_open() -> None:
    addresses = set(_addresses(get_resolver()))
    told = {
        address
        for address in addresses
        if any(kind not in {"int", "uuid"} and name not in NAMES for kind, name in _PART.findall(address))
    }

    assert {address for address in told if not f"/{address}".startswith(SECRET)} == set(OPEN)
    for prefix in SECRET:
        assert any(f"/{address}".startswith(prefix) for address in addresses), prefix


@pytest.mark.parametrize("prefix", SECRET)
@pytest.mark.django_db
def test_no_log_learns_the_key_of_an_address_that_fails(prefix: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    key = "k3y-that_opens:it"
    for address in (f"{prefix}{key}", f"{prefix}{key}/", f"{prefix}{key}/photos/x"):
        for answer in (Client().get(address), Client(enforce_csrf_checks=True).post(address), Client().put(address)):
            assert answer.status_code >= 300  # wrong, too old, or asks to sign in
    assert broken(RequestFactory().get(f"{prefix}{key}")).status_code == 500

    assert f"{prefix}…" in caplog.text
    assert key not in caplog.text


def test_other_addresses_stay_as_they_are() -> None:
    assert discreet("Not Found: /console/cases/A1") == "Not Found: /console/cases/A1"
    assert discreet("/w/abc/photos/1 failed") == "/w/… failed"
