"""Colleagues (人员): the list, one person's page, accounts and posts."""

from typing import Any, cast

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console.forms_staff import NewStaffForm, PostForm, SubstituteForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.lookups import person_name
from lianxin.faces.console.saving import Done, NoteForm, NothingForm, Question, ask, faults_into, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Page, Tab
from lianxin.foundation.accounts import actions
from lianxin.foundation.accounts.actions import guarding
from lianxin.foundation.accounts.models import Account, DutyShift, Elevation, Post, Role
from lianxin.foundation.accounts.queries import current_posts, sessions_of, visible_staff
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.models import Area
from lianxin.foundation.organizations import queries as organizations
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel.errors import NotAllowed, NotFound
from lianxin.kernel.paging import page as cut

DOOR = "console:admin"
SEEN_BY = ("accounts.read", "accounts.manage")
_SIZE = 40


def tabs(asked: Request) -> list[Tab]:
    """Return the pages about people that this person may open."""
    actor = asked.actor
    pages = [
        ("console:staff", "人员", any(map(actor.may, SEEN_BY))),
        ("console:rota", "值班表", any(map(actor.may, ("accounts.rota", *SEEN_BY)))),
        ("console:elevations", "临时授权", True),
    ]
    return [Tab(reverse(name), label, current=asked.path == reverse(name)) for name, label, is_open in pages if is_open]


@require_safe
@staff_only(*SEEN_BY)
def staff(request: HttpRequest) -> HttpResponse:
    """List colleagues by name, post, unit or area."""
    asked = cast("Request", request)
    found = _found(asked)
    rows = cut(found, order=("username",), after=request.GET.get("after"), size=_SIZE)
    posts: dict[int, list[Post]] = {}
    for post in _posts(asked).filter(account__in=rows.items):
        posts.setdefault(post.account_id, []).append(post)
    states = (("", "在用"), ("idle", "没有岗位"), ("disabled", "已停用"))
    return page(
        request,
        "console/staff/staff.html",
        door=DOOR,
        title=_("人员"),
        tabs=tabs(asked),
        rows=[(account, posts.get(account.pk, [])) for account in rows.items],
        total=found.count(),
        pager=Page(0, 0, previous_url=_to(request, after=rows.previous), next_url=_to(request, after=rows.next)),
        roles=Role.objects.order_by("sort", "code"),
        query=request.GET,
        states=[
            Tab(
                _to(request, state=state or None, after=None) or request.path,
                label,
                current=request.GET.get("state", "") == state,
            )
            for state, label in states
        ],
        may_add=asked.actor.may("accounts.manage"),
        chosen=_chosen(asked),
    )


def _posts(asked: Request) -> QuerySet[Post]:
    return current_posts(asked.at).select_related("role", "area", "unit").order_by("role__sort", "pk")


def _found(asked: Request) -> QuerySet[Account]:
    query, held = asked.GET, current_posts(asked.at)
    found = visible_staff(asked.actor, at=asked.at)
    words = query.get("words", "").replace("\0", "").strip()[:40]
    if words:
        found = found.filter(Q(name__contains=words) | Q(username__startswith=words.lower()))
    if role := query.get("role", ""):
        held = held.filter(role_id=role)
    area = areas.atlas(asked.at, asked.numbers).by_code.get(query.get("area", ""))
    if area is not None:
        held = held.filter(area_id__in=areas.descend(area.id, asked.at, asked.numbers))
    unit = organizations.directory(asked.numbers).by_code.get(query.get("unit", ""))
    if unit is not None:
        held = held.filter(unit_id__in=organizations.descendants(unit.id, asked.numbers))
    if role or area or unit:
        found = found.filter(pk__in=held.values("account_id"))
    state = query.get("state", "")
    if state == "idle":
        return found.filter(~Exists(current_posts(asked.at).filter(account_id=OuterRef("pk"))), disabled_at=None)
    return found.filter(disabled_at__isnull=state != "disabled")


def _chosen(asked: Request) -> str:
    """Return the area or unit of the address in words."""
    area = areas.atlas(asked.at, asked.numbers).by_code.get(asked.GET.get("area", ""))
    unit = organizations.directory(asked.numbers).by_code.get(asked.GET.get("unit", ""))
    return "、".join(one.name for one in (area, unit) if one is not None)


def _to(request: HttpRequest, **changes: str | None) -> str:
    query = {name: value for name, value in (request.GET.dict() | changes).items() if value}
    if "after" in changes and changes["after"] is None and set(changes) == {"after"}:
        return ""
    return f"{request.path}?{urlencode(query)}" if query else request.path


def account_or_404(asked: Request, pk: int) -> Account:
    """Return a colleague whom the person may see."""
    found = visible_staff(asked.actor, at=asked.at).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有这位同事。"))
    return found


def _manages(asked: Request, account: Account) -> bool:
    try:
        guarding.demand_for(asked.actor, account, "管理用户", asked.at)
    except NotAllowed:
        return False
    return True


@require_safe
@never_cache
@staff_only(*SEEN_BY)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one colleague: posts, shifts, sign-ins, elevations."""
    asked = cast("Request", request)
    account = account_or_404(asked, pk)
    manages = _manages(asked, account)
    posts = list(
        Post.objects.filter(account=account)
        .select_related("role", "area", "unit", "substitute")
        .order_by("-valid_from", "pk")
    )
    now = [post for post in posts if post.valid_to is None or post.valid_to > asked.at]
    shifts = DutyShift.objects.filter(post__account=account, ends_at__gt=asked.at).select_related("post__role")
    return page(
        request,
        "console/staff/person.html",
        door=DOOR,
        title=account.name,
        account=account,
        posts=now,
        past=[post for post in posts if post not in now][:10],
        manages=manages,
        is_own=account.pk == asked.actor.account_id,
        sessions=sessions_of(account.pk, at=asked.at)[:20] if manages else [],
        shifts=shifts.order_by("starts_at")[:10],
        elevations=Elevation.objects.filter(account=account).select_related("granted_by").order_by("-pk")[:5]
        if manages
        else [],
        may_give=asked.actor.may("accounts.manage"),
    )


def _person_url(pk: int) -> str:
    return reverse("console:person", args=[pk])


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only("accounts.manage")
def create(request: HttpRequest) -> HttpResponse:
    """Make an account; its first password is shown once."""
    asked = cast("Request", request)
    form = NewStaffForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with faults_into(form):
            made = actions.create_staff_account(asked.actor, **form.cleaned_data, at=asked.at)
            return _once(asked, made.account, made.password, is_new=True)
    return page(
        request,
        "console/units/form.html",
        door=DOOR,
        title=_("添加人员"),
        status=422 if form.errors else 200,
        form=form,
        verb=_("添加"),
        back_url=reverse("console:staff"),
    )


def _once(asked: Request, account: Account, password: str, *, is_new: bool) -> HttpResponse:
    return page(
        asked,
        "console/staff/password.html",
        door=DOOR,
        title=_("初始密码"),
        account=account,
        password=password,
        is_new=is_new,
    )


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only("accounts.manage")
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a colleague a new password to hand over; it is shown once."""
    asked = cast("Request", request)
    account = account_or_404(asked, pk)
    if request.method == "POST":
        return _once(asked, account, actions.reset_password(asked.actor, account=account, at=asked.at), is_new=False)
    effect = f"{account.name}在所有设备上的登录会退出，下次登录要用新密码并马上改掉。"
    question = Question("重设密码", effect, "重设密码", _person_url(pk))
    return ask(request, NothingForm(), question, lambda _: Done(_person_url(pk), ""), door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only("accounts.manage")
def disable(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a colleague in no more."""
    asked = cast("Request", request)
    account = account_or_404(asked, pk)
    question = Question(
        f"停用{account.name}的账号", "马上退出所有登录，不能再进来；岗位保留，请另行交接。", "停用", _person_url(pk)
    )

    def act(values: dict[str, Any]) -> Done:
        actions.disable_account(asked.actor, account=account, reason=values["note"], at=asked.at)
        return Done(_person_url(pk), f"{account.name}的账号已停用")

    return ask(request, NoteForm(request.POST or None), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only("accounts.manage")
def enable(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a disabled colleague in again."""
    asked = cast("Request", request)
    account = account_or_404(asked, pk)
    question = Question(
        f"恢复{account.name}的账号", "用原来的密码就能登录，岗位照旧。", "恢复", _person_url(pk), is_danger=False
    )

    def act(values: dict[str, Any]) -> Done:
        actions.enable_account(asked.actor, account=account, reason=values["note"], at=asked.at)
        return Done(_person_url(pk), f"{account.name}的账号已恢复")

    return ask(request, NoteForm(request.POST or None), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only(*SEEN_BY)
def revoke(request: HttpRequest, pk: int, session_id: int) -> HttpResponse:
    """End a colleague's sign-in on one device."""
    asked = cast("Request", request)
    account = account_or_404(asked, pk)
    question = Question("退出这台设备", f"{account.name}在那台设备上要重新登录。", "退出", _person_url(pk))

    def act(_values: dict[str, Any]) -> Done:
        # Only among this person's own, so that an address cannot reach another's.
        if not sessions_of(account.pk, at=asked.at).filter(pk=session_id).exists():
            raise NotFound(_("没有这个登录，可能已经退出。"))
        actions.revoke_session(asked.actor, session_id=session_id, at=asked.at)
        return Done(_person_url(pk), "那台设备已退出")

    return ask(request, _nothing(request), question, act, door=DOOR)


def _nothing(request: HttpRequest) -> NothingForm:
    return NothingForm(request.POST if request.method == "POST" else None)


@require_http_methods(["GET", "POST"])
@staff_only("accounts.manage")
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a colleague a post."""
    asked = cast("Request", request)
    account = account_or_404(asked, pk)

    def act(values: dict[str, Any]) -> Done:
        post = actions.give_post(
            asked.actor,
            account=account,
            role=Role.objects.get(pk=values["role"]),
            area=Area.objects.get(pk=values["area"].id) if values["area"] else None,
            unit=Unit.objects.get(pk=values["unit"].id) if values["unit"] else None,
            **{name: values[name] for name in ("title", "valid_from", "valid_to")},
            at=asked.at,
        )
        return Done(_person_url(pk), f"{account.name}已任{post.title or post.role.label}")

    form = PostForm(request.POST or None, asked=asked, initial=request.GET.dict())
    return save(
        request,
        form,
        act,
        template="console/units/form.html",
        door=DOOR,
        title=_("给%(name)s岗位") % {"name": account.name},
        verb=_("给岗位"),
        back_url=_person_url(pk),
    )


def post_or_404(asked: Request, pk: int) -> Post:
    """Return a post of a colleague whom the person may see."""
    post = Post.objects.select_related("account", "role", "area", "unit").filter(pk=pk).first()
    seen = visible_staff(asked.actor, at=asked.at)
    if post is None or not (post.account_id == asked.actor.account_id or seen.filter(pk=post.account_id).exists()):
        raise NotFound(_("没有这个岗位。"))
    return post


@require_http_methods(["GET", "POST"])
@staff_only("accounts.manage")
def end_post(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a colleague leave a post."""
    asked = cast("Request", request)
    post = post_or_404(asked, pk)
    to = _person_url(post.account_id)
    said = post.title or post.role.label
    place = next((one.name for one in (post.area, post.unit) if one), "")
    question = Question(
        f"{post.account.name}离任{place}{said}", "下一次点击起就没有这个岗位的权限；记录保留。", "离任", to
    )

    def act(values: dict[str, Any]) -> Done:
        actions.end_post(asked.actor, post=post, reason=values["note"], at=asked.at)
        return Done(to, f"{post.account.name}已离任{said}")

    return ask(request, NoteForm(request.POST or None), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only()
def substitute(request: HttpRequest, pk: int) -> HttpResponse:
    """Name who stands in for a post."""
    asked = cast("Request", request)
    post = post_or_404(asked, pk)
    to = _person_url(post.account_id)
    initial = {"substitute": person_name(post.substitute) if post.substitute else ""}

    def act(values: dict[str, Any]) -> Done:
        chosen = values["substitute"]
        actions.set_substitute(asked.actor, post=post, substitute=chosen, at=asked.at)
        return Done(to, f"代班人是{chosen.name}" if chosen else "不再设代班人")

    form = SubstituteForm(request.POST or None, asked=asked, initial=initial)
    return save(
        request,
        form,
        act,
        template="console/units/form.html",
        door=DOOR,
        verb=_("定下"),
        back_url=to,
        title=_("谁给%(name)s（%(post)s）代班") % {"name": post.account.name, "post": post.title or post.role.label},
    )
