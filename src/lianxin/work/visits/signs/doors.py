"""Links by which somebody without an account gives a sign or says that all is well: signed, of one person, not kept."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from lianxin.kernel.errors import NotFound

from .models import Sign

_OWN, _NEIGHBOUR = "lianxin.signs.own", "lianxin.signs.neighbour"
OWN_LIVES = timedelta(hours=20)


def own_token(sign: Sign) -> str:
    """Return the token of the link in the day's text message; it opens the button for some hours."""
    return signing.TimestampSigner(salt=_OWN).sign(str(sign.pk))


def neighbour_token(sign: Sign) -> str:
    """Return the token of the neighbour's link; it dies when another neighbour is named or the sign stops."""
    return signing.Signer(salt=_NEIGHBOUR).sign(f"{sign.pk}.{sign.neighbour_turn}")


def own_sign(token: str) -> Sign:
    """Return whose sign a link of the day gives; raise NotFound for a link that is old or not ours."""
    try:
        pk = signing.TimestampSigner(salt=_OWN).unsign(token, max_age=OWN_LIVES)
    except signing.BadSignature:
        raise NotFound(_("这个链接已经过期。请点今天短信里的。")) from None
    return _running(int(pk))


def neighbours_sign(token: str) -> Sign:
    """Return whom the neighbour looks after; raise NotFound once somebody else does."""
    try:
        pk, _dot, turn = signing.Signer(salt=_NEIGHBOUR).unsign(token).partition(".")
    except signing.BadSignature:
        raise NotFound(_("这个链接不对，请点短信里的。")) from None
    sign = _running(int(pk))
    if str(sign.neighbour_turn) != turn:
        raise NotFound(_("这个链接已经停用。谢谢您照看过。"))
    return sign


def _running(pk: int) -> Sign:
    found = Sign.objects.running().select_related("person__home").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("这个平安信号已经停了。"))
    return found


def address(path: str) -> str:
    """Return where a link leads from outside, such as in a text message."""
    return f"{settings.PUBLIC_URL}{path}"
