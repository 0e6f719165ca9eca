"""A resident's phone without script, and the desk where staff carry a report on."""

import re
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from casework import Desk, make_desk
from cast import Cast
from lianxin.faces.resident.here import COOKIE
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel import versions

PHONE = "13812345678"


class Phone:
    """A browser that knows no script: it follows links and sends the forms it is shown."""

    def __init__(self, area: str = "") -> None:
        self.client = Client()
        if area:
            self.client.cookies[COOKIE] = area

    def open(self, path: str) -> Any:
        """Open a page."""
        return self.client.get(path)

    def send(self, path: str, data: dict[str, Any] | None = None) -> Any:
        """Send a form and follow where it leads."""
        return self.client.post(path, data or {}, follow=True)

    def hidden(self, path: str) -> dict[str, str]:
        """Return the hidden fields of the first form of a page but its token."""
        page = text_of(self.open(path))
        return dict(re.findall(r'<input type="hidden" name="(client_id)" value="([^"]*)"', page))

    def report(self, **data: Any) -> Any:
        """Report something from grid 111."""
        told = {"text": "路口的井盖没了，雨后看不见洞。", "area": "340881001001", "phone": PHONE, "name": "王芳"}
        return self.send("/report", told | {"client_id": str(uuid4())} | data)

    def number(self, **data: Any) -> str:
        """Report something and return its number."""
        found = re.search(r"\d{6}-\d{8}-\d{6}", text_of(self.report(**data)))
        assert found is not None
        return found[0]


def text_of(response: Any) -> str:
    """Return the page as text."""
    return str(response.content.decode())


def photo(name: str = "井盖.jpg", size: tuple[int, int] = (64, 48)) -> SimpleUploadedFile:
    """Return a photo as a form sends it."""
    out = BytesIO()
    Image.new("RGB", size, (120, 110, 90)).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """Everyone, with categories; the community has a telephone."""
    unit = cast.county.units["community11"]
    Unit.objects.filter(pk=unit.id).update(duty_phone="0556-6201101")
    versions.bump("organizations")
    return make_desk(cast)


@pytest.fixture
def phone(desk: Desk) -> Phone:
    """A phone at home in grid 111."""
    return Phone(desk.cast.county.grid(111).code)


@pytest.fixture
def stranger(desk: Desk) -> Phone:
    """A phone that was never here."""
    return Phone()
