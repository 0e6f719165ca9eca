"""One's own account: who am I, where am I signed in, my keys, my inbox; and the doors in and out."""

from datetime import datetime, timedelta
from typing import Annotated

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from lianxin.faces.acts.kinds import Code, Id, Input, Line
from lianxin.faces.identity import cookies
from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts import queries as account_queries
from lianxin.foundation.accounts.actions.codes import SIGN_IN
from lianxin.foundation.accounts.models import Account, Token
from lianxin.foundation.accounts.permissions import catalogue
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications import queries as inboxes
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound
from lianxin.kernel.throttle.counting import count

from .calling import Call, answer, dressed, identifier
from .paging import BeforeIn, linked
from .routes import Route, route
from .shapes import Out

router = Router(tags=["账号"])
SIGNED_IN = Route(signed_in=True)
_HOUR = timedelta(hours=1)


class SignInIn(Input):
    """Name and password."""

    username: Annotated[Line, Field(max_length=60, title="用户名")]
    password: Annotated[Line, Field(max_length=128, title="密码")]


class CodeIn(Input):
    """A phone, for a code."""

    phone: Annotated[Line, Field(max_length=30, title="手机号")]


class CodeSignInIn(CodeIn):
    """The phone and the code it got."""

    code: Annotated[Code, Field(max_length=10, title="验证码")]


class EnteredOut(Out):
    """A fresh sign-in. The session is in the cookie; unsafe requests by it carry `csrf_token` in X-CSRFToken."""

    name: str
    kind: str
    must_change_password: bool
    csrf_token: str


def _entered(call: Call, entered: accounts.Entered) -> HttpResponse:
    out = EnteredOut(
        name=entered.account.name,
        kind=entered.account.kind,
        must_change_password=entered.must_change_password,
        csrf_token=get_token(call.request),
    )
    response = answer(out)
    cookies.enter(call.request, response, entered)
    return response


@route(router, "POST", "/sign-in", "登录", out=EnteredOut, rules=Route(body=SignInIn))
def sign_in(call: Call, data: SignInIn) -> HttpResponse:
    """Let staff in by name and password; five wrong ones lock for a while."""
    entered = accounts.sign_in(
        username=data.username, password=data.password, device=call.device, address=call.address, at=call.at
    )
    return _entered(call, entered)


class CodeSentOut(Out):
    """A code is on its way. `shown` holds it in a demonstration only."""

    phone: str
    expires_at: datetime
    again_at: datetime
    shown: str


@route(router, "POST", "/phone-codes", "发验证码", out=CodeSentOut, rules=Route(body=CodeIn))
def send_code(call: Call, data: CodeIn) -> HttpResponse:
    """Send a code to a resident's phone."""
    sent = accounts.request_code(
        phone=data.phone, purpose=SIGN_IN, address=call.address, send=notifications.send_code, at=call.at
    )
    return answer(CodeSentOut(phone=sent.phone, expires_at=sent.expires_at, again_at=sent.again_at, shown=sent.shown))


@route(router, "POST", "/phone-sign-in", "验证码登录", out=EnteredOut, rules=Route(body=CodeSignInIn))
def sign_in_by_code(call: Call, data: CodeSignInIn) -> HttpResponse:
    """Let a resident in by the code; the first time makes the account."""
    entered = accounts.sign_in_by_code(
        phone=data.phone, code=data.code, device=call.device, address=call.address, at=call.at
    )
    return _entered(call, entered)


@route(router, "POST", "/sign-out", "退出", out=None, status=204, rules=SIGNED_IN)
def sign_out(call: Call) -> HttpResponse:
    """End the session this request came by."""
    accounts.sign_out(call.actor, at=call.at)
    response = dressed(HttpResponse(status=204))
    cookies.leave(response)
    return response


class PostOut(Out):
    """A post one holds."""

    id: int
    role: str
    label: str
    area: str
    unit: str
    permissions: list[str]


class MeOut(Out):
    """Who one is, and what one may do."""

    kind: str
    name: str
    posts: list[PostOut]
    elevated: list[str]
    scopes: list[str] | None
    unread: int
    csrf_token: str


@route(router, "GET", "/me", "我", out=MeOut)
def me(call: Call) -> HttpResponse:
    """Tell who asks; strangers are told that they are."""
    actor = call.actor
    posts = [
        PostOut(
            id=held.post_id,
            role=held.role,
            label=held.role_label,
            area=held.area_name,
            unit=held.unit_name,
            permissions=sorted(held.permissions),
        )
        for held in actor.holdings
    ]
    out = MeOut(
        kind=actor.kind,
        name=actor.name,
        posts=posts,
        elevated=sorted(actor.elevated),
        scopes=sorted(actor.allowed) if actor.allowed is not None else None,
        unread=inboxes.unread_count(actor),
        csrf_token=get_token(call.request) if actor.session_key.startswith("s") else "",
    )
    return answer(out)


class PasswordIn(Input):
    """The old password and the new one."""

    old: Annotated[Line, Field(max_length=128, title="现在的密码")]
    new: Annotated[Line, Field(max_length=128, title="新密码")]


@route(router, "POST", "/me/password", "改密码", out=None, status=204, rules=Route(body=PasswordIn, signed_in=True))
def change_password(call: Call, data: PasswordIn) -> HttpResponse:
    """Change one's own password; all other sign-ins end."""
    if call.actor.kind != "staff" or call.actor.allowed is not None:
        raise NotAllowed("staff_only", _("这里只给登录的工作人员改密码。"))
    count("password", str(call.actor.account_id), most=10, span=_HOUR, at=call.at)
    accounts.change_password(call.actor, old=data.old, new=data.new, at=call.at)
    return dressed(HttpResponse(status=204))


class SessionOut(Out):
    """A signed-in device."""

    id: int
    device: str
    address: str | None
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    is_this: bool


class SessionsOut(Out):
    """Where one is signed in, the latest first."""

    items: list[SessionOut]


@route(router, "GET", "/sessions", "登录的设备", out=SessionsOut, rules=SIGNED_IN)
def sessions(call: Call) -> HttpResponse:
    """List where one's account is signed in."""
    found = account_queries.sessions_of(call.demand_signed_in(), at=call.at)[:100]
    items = [
        SessionOut(
            id=each.pk,
            device=each.device,
            address=each.address,
            created_at=each.created_at,
            seen_at=each.seen_at,
            expires_at=each.expires_at,
            is_this=call.actor.session_key == f"s{each.pk}",
        )
        for each in found
    ]
    return answer(SessionsOut(items=items))


@route(router, "DELETE", "/sessions/{session_id}", "退出这台设备", out=None, status=204, rules=SIGNED_IN)
def revoke_session(call: Call, session_id: str) -> HttpResponse:
    """End a sign-in; its next request is a stranger's."""
    wanted = identifier(session_id)
    is_own = account_queries.sessions_of(call.demand_signed_in(), at=call.at).filter(pk=wanted).exists()
    if not is_own and not call.actor.may("accounts.manage"):
        raise NotFound(_("没有这个登录，可能已经退出。"))
    accounts.revoke_session(call.actor, session_id=wanted, at=call.at)
    return dressed(HttpResponse(status=204))


class TokenIn(Input):
    """A key for a program, narrowed to scopes. Without `account` it acts as oneself."""

    name: Annotated[Line, Field(max_length=80, title="给谁用、做什么")]
    scopes: Annotated[list[Annotated[Line, Field(max_length=60)]], Field(min_length=1, max_length=60, title="权限")]
    days: Annotated[int, Field(ge=1, le=366, title="有效几天")] = 90
    account: Annotated[Id | None, Field(title="代表哪个账号")] = None


class TokenOut(Out):
    """A key's record."""

    id: int
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


class NewTokenOut(TokenOut):
    """A new key: `key` is shown this once."""

    key: str


class TokensOut(Out):
    """Keys that still open something, and the scopes there are."""

    items: list[TokenOut]
    scopes: dict[str, str]


def _token(token: Token) -> dict[str, object]:
    return {name: getattr(token, name) for name in TokenOut.model_fields}


@route(router, "GET", "/tokens", "接口密钥", out=TokensOut, rules=SIGNED_IN)
def tokens(call: Call) -> HttpResponse:
    """List one's own keys."""
    found = account_queries.tokens_of(call.demand_signed_in(), at=call.at)[:200]
    known = {code: permission.label for code, permission in catalogue().items()}
    return answer(TokensOut(items=[TokenOut.model_validate(_token(each)) for each in found], scopes=known))


@route(router, "POST", "/tokens", "发接口密钥", out=NewTokenOut, status=201, rules=Route(body=TokenIn, signed_in=True))
def create_token(call: Call, data: TokenIn) -> HttpResponse:
    """Make a key. Asks for the permission tokens.manage."""
    wanted = data.account or call.demand_signed_in()
    if not call.actor.may("tokens.manage"):
        raise NotAllowed("tokens.manage", _("您的岗位不能发接口密钥。"))
    account = Account.objects.filter(pk=wanted, disabled_at=None).first()
    if account is None:
        raise Invalid({"account": _("没有这个账号，或它已停用。")})
    token, key = accounts.create_token(
        call.actor, account=account, name=data.name, scopes=data.scopes, days=data.days, at=call.at
    )
    return answer(NewTokenOut.model_validate(_token(token) | {"key": key}), status=201)


@route(router, "DELETE", "/tokens/{token_id}", "停用接口密钥", out=None, status=204, rules=SIGNED_IN)
def revoke_token(call: Call, token_id: str) -> HttpResponse:
    """End a key at once."""
    token = Token.objects.filter(pk=identifier(token_id)).first()
    is_seen = token is not None and (token.account_id == call.actor.account_id or call.actor.may("tokens.manage"))
    if token is None or not is_seen:
        raise NotFound(_("没有这个密钥。"))
    accounts.revoke_token(call.actor, token=token, at=call.at)
    return dressed(HttpResponse(status=204))


class MessageOut(Out):
    """A message in the inbox."""

    id: int
    kind: str
    title: str
    body: str
    link: str
    urgent: bool
    created_at: datetime
    read_at: datetime | None


class InboxOut(Out):
    """Messages, the latest first; `next` goes into `before`."""

    items: list[MessageOut]
    next: int | None
    unread: int


class InboxIn(BeforeIn):
    """Which messages."""

    unread: Annotated[bool, Field(title="只看未读")] = False


@route(router, "GET", "/inbox", "消息", out=InboxOut, rules=Route(query=InboxIn, signed_in=True))
def inbox(call: Call, query: InboxIn) -> HttpResponse:
    """List one's own messages."""
    page = inboxes.inbox(call.actor, before=query.before, limit=query.size, unread=query.unread)
    items = [
        MessageOut.model_validate({name: getattr(each, name) for name in MessageOut.model_fields})
        for each in page.messages
    ]
    return linked(call, InboxOut(items=items, next=page.before, unread=inboxes.unread_count(call.actor)), name="before")


class ReadIn(Input):
    """Which messages were read; none named means all."""

    ids: Annotated[list[Id] | None, Field(max_length=200, title="消息")] = None


class ReadOut(Out):
    """How many became read."""

    read: int
    unread: int


@route(router, "POST", "/inbox/read", "标为已读", out=ReadOut, rules=Route(body=ReadIn, signed_in=True))
def mark_read(call: Call, data: ReadIn) -> HttpResponse:
    """Mark one's own messages as read."""
    done = notifications.mark_read(call.actor, ids=data.ids, at=call.at)
    return answer(ReadOut(read=done, unread=inboxes.unread_count(call.actor)))
