"""Sources of warnings: who may send, what they may say, by which key; joined, amended, closed."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand, draft
from lianxin.foundation.areas.queries import node
from lianxin.kernel.errors import Invalid, NotFound, Refused, Stale
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import clean

from .models import Source

SUBJECT = "warning_source"
MANAGE, LABEL = "warnings.sources", "管理预警来源"
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")
_SENDER = re.compile(r"[^\s,<&]{1,200}")


@dataclass(frozen=True, slots=True)
class SourceIn:
    """A source as an administrator describes it."""

    code: str
    name: str
    area_id: int
    is_trusted: bool = False
    senders: Sequence[str] = ()
    feed_url: str = ""
    sender: str = ""  # of ours only: what we are called in CAP


def faults(told: SourceIn) -> dict[str, str]:
    """Return what is wrong with a source, a sentence a field."""
    found: dict[str, str] = {}
    if not _CODE.fullmatch(told.code):
        found["code"] = _("代号用小写字母、数字和短横，3 到 40 个。")
    if not 2 <= len(clean(told.name, 61)) <= 60:
        found["name"] = _("名称请写 2 到 60 字，例如“市气象台”。")
    area = node(told.area_id)
    if area is None or area.valid_to is not None:
        found["area"] = _("请选择它管哪里。")
    if len(told.senders) > 20 or not all(_SENDER.fullmatch(each) for each in told.senders):
        found["senders"] = _("一行一个，里面不能有空格和逗号，最多 20 个。")
    if told.feed_url and not _is_address(told.feed_url):
        found["feed_url"] = _("应是 http:// 或 https:// 开头的网址，里面不能写密码。")
    if told.sender and not _SENDER.fullmatch(told.sender):
        found["sender"] = _("里面不能有空格、逗号、< 和 &。")
    return found


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_plain = parts.username is None and parts.password is None and parts.port != 0
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and is_plain and len(url) <= 500


@transaction.atomic
def join(actor: Actor, *, key: UUID, told: SourceIn, at: datetime) -> Source:
    """Let a source in; it has no key yet. The same `key` is the same source.

    Raises NotAllowed, Invalid, Refused where the code is taken.
    """
    demand(actor, MANAGE, LABEL)
    known = Source.objects.filter(key=key).first()
    if known is not None:
        return known
    _check(told)
    source = Source(key=key, code=told.code, created_at=at, version=0)
    _put(source, told)
    try:
        with transaction.atomic():
            source.save()
    except IntegrityError:
        raise Refused("source_code", _("已有代号是这个的来源。")) from None
    _journal(actor, source, "join", at)
    return source


@transaction.atomic
def amend(actor: Actor, *, source: Source, told: SourceIn, at: datetime, seen: int | None = None) -> Source:
    """Correct a source; its code stays, for it stands in the address others post to.

    Raises NotFound, NotAllowed, Invalid, Refused, Stale.
    """
    found = _begin(actor, source, seen)
    _check(told)
    if told.feed_url != found.feed_url:
        found.feed_etag = found.feed_modified = ""
    _put(found, told)
    found.save()
    _journal(actor, found, "amend", at)
    return found


@transaction.atomic
def renew_key(actor: Actor, *, source: Source, at: datetime) -> tuple[Source, str]:
    """Give a source a new key and return it, for this once: we keep only its hash. The old one opens nothing more."""
    found = _begin(actor, source, None)
    if found.is_own:
        raise Refused("source_own", _("本平台自己发的预警不用密钥。"))
    secret = secrets.token_urlsafe(32)
    found.secret_hash, found.version = hash_of(secret), found.version + 1
    found.save(update_fields=["secret_hash", "version"])
    _journal(actor, found, "renew_key", at)
    return found, secret


@transaction.atomic
def close(actor: Actor, *, source: Source, at: datetime, seen: int | None = None) -> Source:
    """Take nothing more from a source; what it sent stays. Raises Refused for our own."""
    found = _begin(actor, source, seen)
    if found.is_own:
        raise Refused("source_own", _("本平台自己这个来源不能停用。"))
    found.closed_at, found.secret_hash, found.version = at, "", found.version + 1
    found.save(update_fields=["closed_at", "secret_hash", "version"])
    _journal(actor, found, "close", at)
    return found


def hash_of(secret: str) -> str:
    """Return what is kept of a key. It is 32 random bytes, so a plain hash is enough."""
    return sha256(secret.encode()).hexdigest()


def by_key(code: str, secret: str) -> Source | None:
    """Return the open source of this code if the key is its own. One statement."""
    source = Source.objects.filter(code=code, closed_at=None).first()
    kept = source.secret_hash if source is not None else ""
    # Compared even where there is none, so that time tells nothing.
    fits = compare_digest(hash_of(secret), kept or "0" * 64)
    return source if source is not None and kept and fits else None


def _check(told: SourceIn) -> None:
    found = faults(told)
    if found:
        raise Invalid(found)


def _put(source: Source, told: SourceIn) -> None:
    source.name, source.area_id = clean(told.name, 60), told.area_id
    source.is_trusted = told.is_trusted or source.is_own
    source.senders, source.feed_url = list(dict.fromkeys(told.senders)), told.feed_url
    source.sender = told.sender if source.is_own and told.sender else source.sender
    source.version += 1


def _begin(actor: Actor, source: Source, seen: int | None) -> Source:
    demand(actor, MANAGE, LABEL)
    found = Source.objects.select_for_update().filter(pk=source.pk).first()
    if found is None:
        raise NotFound(_("没有这个来源。"))
    if found.closed_at is not None:
        raise Refused("source_closed", _("这个来源已经停用。"))
    if seen is not None and seen != found.version:
        raise Stale(_("这个来源刚被别人改过，请看过再改。"), version=found.version, changes=[])
    return found


def _journal(actor: Actor, source: Source, act: str, at: datetime, **rest: Any) -> None:
    append([draft(actor, SUBJECT, source.pk, act, at=at, version=source.version, **rest)])
