"""Sign in, sign out, and a first password."""

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lianxin.faces.console.forms import PasswordForm, SignInForm, show_faults
from lianxin.faces.console.frame import place
from lianxin.faces.identity import cookies
from lianxin.faces.identity.request import Request, address_of, device_of
from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts.queries import actor_of
from lianxin.kernel.errors import Invalid, Refused


def _after(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else ""


def _home(request: HttpRequest, entered: accounts.Entered) -> str:
    """Return where one begins: who works outside and comes by phone, in the app; all others at the desk."""
    asked = cast("Request", request)
    if "Mobile" in request.headers.get("User-Agent", ""):
        actor = actor_of(entered.account.pk, at=asked.at)
        if actor is not None and any(held.is_afield for held in actor.holdings):
            return reverse("worker:home")
    return reverse("console:work")


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Let staff in by name and password."""
    asked = cast("Request", request)
    form = SignInForm(request.POST or None)
    if form.is_valid():
        try:
            entered = accounts.sign_in(
                **form.cleaned_data, device=device_of(request), address=address_of(request), at=asked.at
            )
        except Refused as refused:
            form.add_error("password", refused.sentence)
        else:
            response = HttpResponseRedirect(_after(request) or _home(request, entered))
            cookies.enter(request, response, entered)
            return response
    names = place(asked.numbers)
    context = {"form": form, "place": names["centre"], "page_title": "登录", "next": _after(request), "now": asked.at}
    return render(request, "console/sign_in.html", context, status=422 if form.errors else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    asked = cast("Request", request)
    accounts.sign_out(asked.actor, at=asked.at)
    response = HttpResponseRedirect(reverse("console:sign_in"))
    cookies.leave(response)
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's password; a first one must be changed before anything else."""
    asked = cast("Request", request)
    if asked.signed_in is None:
        return HttpResponseRedirect(reverse("console:sign_in"))
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        try:
            accounts.change_password(
                asked.actor, old=form.cleaned_data["old"], new=form.cleaned_data["password"], at=asked.at
            )
        except Invalid as invalid:
            show_faults(form, invalid.fields)
        else:
            return HttpResponseRedirect(reverse("console:work"))
    context = {
        "form": form, "place": place(asked.numbers)["centre"], "page_title": "换密码", "now": asked.at,
        "is_first": asked.signed_in.must_change_password,
    }  # fmt: skip
    return render(request, "console/password.html", context, status=422 if form.errors else 200)
