"""The whole profile as one file: taken out, or brought from elsewhere and looked at before it is loaded."""

import shutil
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console.frame import staff_only
from lianxin.faces.console.saving import Done, NoteForm, Question, ask, save
from lianxin.faces.identity.request import Request
from lianxin.kernel.configuration.models import Document
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.operations.profiles import amending, brought, loader, writing
from lianxin.operations.profiles.model import Profile
from lianxin.operations.profiles.reader import read
from lianxin.operations.profiles.tables import ProfileInvalid

from .files import files
from .forms import ArchiveForm, ReasonForm
from .profile import DOOR, NAMES, SEEN_BY, kinds_of


@require_safe
@staff_only(*SEEN_BY)
def export(request: HttpRequest) -> HttpResponse:
    """Give everything in force as a zip of a profile's files."""
    found = files(cast("Request", request).numbers)
    if found.profile is None:
        raise Refused("profile_unreadable", found.problem)
    response = HttpResponse(writing.archive(found.profile), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="profile-{found.profile.key}.zip"'
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
@staff_only("config.manage")
def bring(request: HttpRequest) -> HttpResponse:
    """Take a zip; say everything that is wrong with it, or lead on to what it would change."""
    asked = cast("Request", request)
    form = ArchiveForm(request.POST or None, request.FILES or None)

    def act(values: dict[str, Any]) -> Done:
        home = brought.begin(asked.at)
        try:
            read(writing.unpack(values["file"].read(), home))
        except ValueError:
            raise Invalid({"file": _("这不是方案打的包：里面要有 profile.toml 等文件。")}) from None
        except ProfileInvalid as error:
            brought.drop(home.name)
            told = "；".join(str(one) for one in error.problems[:8])
            sentence = _("有 {count} 处要改：{told}").format(count=len(error.problems), told=told)
            raise Invalid({"file": sentence}) from None
        return Done(
            reverse("profile:archive", args=[home.name]),
            _("读好了，还没有写入；{days} 天内不载入就清掉").format(days=brought.KEPT.days),
        )

    return save(
        request, form, act, template="operations/bring.html", door=DOOR, title=_("载入方案包"),
        verb=_("读这个包"), back_url=reverse("profile:home"),
    )  # fmt: skip


def _brought(key: str) -> Profile:
    folder = brought.find(key)
    if folder is None:
        raise NotFound(_("没有这个方案包，可能已经载入了，或放了 {days} 天清掉了。").format(days=brought.KEPT.days))
    return read(folder)


@require_http_methods(["GET", "POST"])
@staff_only("config.manage")
def load(request: HttpRequest, key: str) -> HttpResponse:
    """Say what a brought archive would change, then load it; its files become the ones in force are compared with."""
    asked = cast("Request", request)
    profile = _brought(key)
    changes = [] if request.method == "POST" else loader.plan(profile, at=asked.at)

    def act(values: dict[str, Any]) -> Done:
        done = amending.load(asked.actor, profile, reason=values["reason"], at=asked.at)
        home = brought.waiting().parent / profile.key
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(profile.path, home)
        brought.drop(key)
        said = _("方案已载入，{count} 类有改动").format(count=len(done)) if done else _("与现在一样，没有改动")
        return Done(reverse("profile:home"), said)

    return save(
        request, ReasonForm(request.POST or None), act, template="operations/load.html", door=DOOR,
        title=_("载入方案包"), files={"folder": profile.place.full_name},
        changes=[(one, [(word, keys[:8], len(keys)) for word, keys in kinds_of(one) if keys]) for one in changes],
        back_url=reverse("profile:home"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only("config.manage")
def go_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an earlier version of a document in force again, as a new version."""
    asked = cast("Request", request)
    row = Document.objects.filter(pk=pk).exclude(key="profile").first()
    if row is None:
        raise NotFound(_("没有这个版本。"))
    to = f"{reverse('profile:history')}?key={row.key}"
    name = NAMES.get(row.key, row.key)
    question = Question(
        _("{name}退回第 {version} 版").format(name=name, version=row.version),
        _("马上生效，作为新的一版；中间的版本都还在记录里。"), _("退回"), to,
    )  # fmt: skip

    def act(values: dict[str, Any]) -> Done:
        is_changed = amending.go_back(asked.actor, document=row, reason=values["note"], at=asked.at)
        said = _("已退回第 {version} 版").format(version=row.version) if is_changed else _("和现在一样，没有改动")
        return Done(to, said)

    return ask(request, NoteForm(request.POST or None), question, act, door=DOOR)
