"""The very first page of a new installation: what the place is called, and who administers it."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lianxin.faces.console.saving import faults_into
from lianxin.faces.identity import cookies
from lianxin.faces.identity.request import Request, address_of, device_of
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.kernel.errors import NotFound
from lianxin.operations.founding import founding, key
from lianxin.operations.profiles.reader import read

from .forms import FirstForm


@never_cache
@require_http_methods(["GET", "POST"])
def first(request: HttpRequest) -> HttpResponse:
    """Ask for the place's names and the first administrator; begin the county, and lead on to the list of steps."""
    asked = cast("Request", request)
    given = request.POST.get("key") or request.GET.get("key") or ""
    if not key.fits(given):
        raise NotFound(_("没有这个页面。系统已经开始使用的，请登录。"))
    form = FirstForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with faults_into(form):
            return _begin(asked, form.cleaned_data)
    context = {"form": form, "key": given, "place": _("连心"), "page_title": _("开始使用"), "now": asked.at}
    return render(request, "operations/first.html", context, status=422 if form.errors else 200)


def _begin(asked: Request, values: dict[str, Any]) -> HttpResponse:
    practice = read(values["practice"])
    founder = founding.Founder(values["person"].strip(), values["username"].strip(), values["password"])
    account = founding.found(practice, place=founding.place_of(values, practice), founder=founder, at=asked.at)
    key.spend()
    entered = begin_session(account, device=device_of(asked), address=address_of(asked), at=asked.at)
    response = HttpResponseRedirect(reverse("profile:setup"))
    cookies.enter(asked, response, entered)
    return response
