"""The catalogue of permissions (权限目录): `room.verb` with labels. Each room registers its own when it starts.

Rooms below this one cannot call upward, so theirs stand here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid


@dataclass(frozen=True, slots=True)
class Permission:
    """What a post may let its holder do."""

    code: str
    label: str
    group: str
    # Given by a city administrator only, so that nobody lifts themselves up from below.
    central: bool = False


_catalogue: dict[str, Permission] = {}


def register(group: str, labels: Mapping[str, str], *, central: bool = False) -> None:
    """Add a room's permissions under a heading. Raises ValueError if a code is taken by another label."""
    for code, label in labels.items():
        permission = Permission(code, label, group, central)
        if _catalogue.setdefault(code, permission) != permission:
            raise ValueError(f"The permission {code} is registered twice.")


def catalogue() -> Mapping[str, Permission]:
    """Return all permissions in the order of a page."""
    return _catalogue


def label(code: str) -> str:
    """Return the label of a permission, or its code if no room knows it."""
    found = _catalogue.get(code)
    return found.label if found else code


def check_known(codes: Iterable[str]) -> None:
    """Raise Invalid for permissions that no room has registered."""
    unknown = sorted(set(codes) - set(_catalogue))
    if unknown:
        raise Invalid({"permissions": _("没有这些权限：{codes}。").format(codes="、".join(unknown))})


register(
    "系统管理",
    {
        "accounts.manage": "管理用户和岗位",
        "accounts.elevate": "批准临时授权",
        "config.manage": "修改配置",
        "audit.read": "查看审计",
        "audit.export": "导出审计",
        "tokens.manage": "管理接口密钥",
    },
    central=True,
)
register(
    "组织和区域",
    {
        "areas.manage": "管理区域",
        "organizations.manage": "管理单位和权责清单",
        "accounts.rota": "安排值班",
        "accounts.read": "查看通讯录",
    },
)
