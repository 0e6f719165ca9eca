"""The portrait beside the map of a camera: whose, which way it looks, and where to ask for it."""

from uuid import UUID

from django.utils.translation import gettext as _

from lianxin.faces.console import videos
from lianxin.faces.console.mapportrait import MapPortrait
from lianxin.faces.console.standing import area_of, crumbs
from lianxin.faces.identity.request import Request
from lianxin.kernel.errors import NotFound
from lianxin.registry.cameras.queries import camera_or_404


def camera(asked: Request, key: str) -> MapPortrait:
    """Tell of a camera the actor may see; the picture stays with its owner."""
    try:
        found = camera_or_404(asked.actor, UUID(key))
    except ValueError:
        raise NotFound(_("没有这个点位，或者您没有权限查看。")) from None
    line = videos.line(asked, found)
    facts = [
        (_("看哪里"), line.look), (_("权属单位"), line.owner), (_("安装位置"), found.address),
        (_("国标编码"), line.number),
        (_("画面"), _("在权属单位，打开要批准")),
    ]  # fmt: skip
    state = _("已注销") if found.valid_to is not None else str(found.get_state_display())
    return MapPortrait(
        "camera", found.name, line=f"{found.get_kind_display()} · {state}", crumbs=crumbs(asked, area_of(asked, found)),
        facts=[(name, said) for name, said in facts if said], url=line.url, url_label=_("打开点位页"),
    )  # fmt: skip
