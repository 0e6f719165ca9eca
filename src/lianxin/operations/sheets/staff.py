"""Staff (人员花名册): accounts with their first post. Passwords are handed out apart, on the page of that name."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts import rules
from lianxin.foundation.accounts.models import Account, Post, Role
from lianxin.foundation.areas.models import Area
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel.errors import LianxinError, Refused
from lianxin.kernel.tables.values import folded
from lianxin.kernel.text import likeness, spelling
from lianxin.registry.imports.drafts import Draft, Verdict
from lianxin.registry.imports.fields import ImportField, refusing, words
from lianxin.registry.imports.problems import ASK, SKIP, Problem, Remedy
from lianxin.registry.imports.targets.protocol import Frame, Session, Undone
from lianxin.registry.sources.models import Source

from .keeping import keep, kept, token
from .where import Areas
from .whose import Units


class StaffTarget:
    """Colleagues with what they are and where."""

    code, icon, permission, key_field, is_geo = "staff", "users", "accounts.manage", "username", False
    is_woven = True
    label = _("工作人员")
    line = _("网格员、社区、街道、部门的人：开账号、给岗位；密码另外发")
    touches = {"account": _("开账号"), "post": _("给岗位")}
    fields: Sequence[ImportField] = (
        ImportField("name", "姓名", words(60), ("名字", "人员姓名", "员工姓名"), required=True, example="王小明",
                    mask="name"),
        ImportField("username", "用户名", refusing(rules.check_username), ("账号", "登录名", "帐号"), example="wangxm",
                    hint="空着按姓名拼音起"),
        ImportField("phone", "手机号", refusing(rules.check_phone), ("电话", "联系电话", "手机", "手机号码"),
                    example="13800000001", mask="phone"),
        ImportField("role", "岗位", words(60), ("角色", "职务", "岗位名称", "身份"), required=True, example="网格员",
                    carried=()),
        ImportField("area", "辖区", words(120), ("区域", "所在网格", "网格", "社区", "负责区域", "所属区域"),
                    example="东苑社区第一网格", hint="名称、全称或编码"),
        ImportField("unit", "单位", words(120), ("所在单位", "工作单位", "部门", "所属单位"), example="市城管局"),
        ImportField("title", "职务名称", words(60), ("职位", "称呼"), example=""),
    )  # fmt: skip

    def begin(self, frame: Frame) -> Session:
        """Read who is there."""
        return _Staff(frame)

    def undo(self, frame: Frame, source: Source) -> Undone:
        """End the posts that were given; switch off accounts that nobody has used yet."""
        return _undo(frame, source)


class _Staff:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.areas, self.units = Areas(frame.at), Units()
        self.roles = {role.code: role for role in Role.objects.all()}
        self.by_role = {folded(word): role for role in self.roles.values() for word in (role.code, role.label)}
        staff = Account.objects.filter(kind=Account.Kind.STAFF)
        self.names = {str(name): account_name for name, account_name in staff.values_list("username", "name")}
        self.posts = set(Post.objects.filter(valid_to=None).values_list(
            "account__username", "role_id", "area__code", "unit__code"))  # fmt: skip
        self.given: dict[str, tuple[str, str]] = {}  # user name → whose it is in this table

    def prepare(self, drafts: Sequence[Draft]) -> None:
        """Keep the user names that were found."""
        for draft in drafts:
            draft.ready = draft.answers.get("username")

    def check(self, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            self._one(draft)

    def _one(self, draft: Draft) -> None:
        values = draft.values
        role = self._role(draft, values["role"]) if values.get("role") else None
        area = self.areas.read(draft, "area", values["area"]) if values.get("area") else None
        whose = self.units.read(draft, "unit", values["unit"]) if values.get("unit") else None
        unit = whose.code if whose is not None and not whose.is_new else None
        if draft.is_wrong or role is None or not values.get("name") or draft.answers.get("skip"):
            return
        if role.scope == "unit" and unit is None:
            draft.blame(Problem("unit", "missing", _("“{role}”要写是哪个单位的。").format(role=role.label)))
            return
        if role.scope == "area" and area is None:
            self._no_area(draft, role)
            return
        username = self._username(draft)
        draft.token = token(username, role.code, area or "", unit or "")
        if self._is_another(draft, username):
            return
        values["username"] = username
        draft.data = (role, area, unit)
        has_post = (username, role.code, area, unit) in self.posts
        draft.verdict = Verdict.SAME if has_post else Verdict.CHANGE if username in self.names else Verdict.NEW
        draft.touches = [] if has_post else ["post"] if username in self.names else ["account", "post"]

    def _no_area(self, draft: Draft, role: Role) -> None:
        remedies = (Remedy(_("管全域"), {"area": self.areas.root}),) if self.areas.root else ()
        draft.blame(Problem("area", "missing", _("“{role}”要写管哪里。").format(role=role.label), (*remedies, SKIP),
                            written=role.code))  # fmt: skip

    def _role(self, draft: Draft, written: str) -> Role | None:
        found = self.by_role.get(folded(written))
        if found is None:
            near = sorted(self.roles.values(), key=lambda role: -likeness(role.label, written))[:3]
            remedies = tuple(Remedy(_("算“{role}”").format(role=role.label), {"role": role.label}) for role in near)
            draft.blame(
                Problem("role", "choice", _("没有岗位“{role}”。").format(role=written[:30]), remedies, written=written)
            )
        return found

    def _username(self, draft: Draft) -> str:
        values = draft.values
        if draft.ready:
            return str(draft.ready)
        who = (values["name"], values.get("phone", ""))
        username = values.get("username") or self._known(values["name"], values.get("phone"))
        if not username:
            base = "".join(sign for sign in spelling(values["name"]).replace(" ", "").lower() if sign.isalnum())
            base = (base if base.isascii() and len(base) > 1 else "yuangong")[:40]
            number = 1
            username = base
            while username in self.names or self.given.get(username, who) != who:
                number += 1
                username = f"{base}{number}"
        self.given[username] = who
        draft.answers["username"] = username
        return username

    def _known(self, name: str, phone: str | None) -> str | None:
        """Return the user name of the colleague with this phone, if the name is the same."""
        if not phone:
            return None
        found = Account.objects.filter(kind=Account.Kind.STAFF, phone_hash__in=rules.phone_hashes(phone)).first()
        return found.username if found is not None and found.name == name else None

    def _is_another(self, draft: Draft, username: str) -> bool:
        held = self.names.get(username)
        if held is None or held == draft.values["name"] or draft.answers.get("same"):
            return False
        sentence = _("用户名 {username} 已是另一位同事的。").format(username=username)
        draft.blame(Problem("username", "taken", sentence, (Remedy(_("另起一个"), {"username": ""}),
                            Remedy(_("就是这位，只给岗位"), answer={"same": "1"})), ASK))  # fmt: skip
        return True

    def apply(self, drafts: Sequence[Draft], source: Source) -> None:
        actor, at = self.frame.actor, self.frame.at
        made: list[tuple[int, str, dict[str, Any] | None]] = []
        posts: list[tuple[int, str, dict[str, Any] | None]] = []
        for draft in drafts:
            role, area, unit = draft.data
            account = Account.objects.filter(username=draft.values["username"]).first()
            if account is None:
                account = accounts.create_staff_account(
                    actor, username=draft.values["username"], name=draft.values["name"],
                    phone=draft.values.get("phone", ""), encoded=make_password(None), at=at,
                ).account  # fmt: skip
                self.names[draft.values["username"]] = account.name
                made.append((account.pk, "create", None))
            post = accounts.give_post(
                actor, account=account, role=role, title=draft.values.get("title", ""), at=at,
                area=Area.objects.get(code=area, valid_to=None) if area else None,
                unit=Unit.objects.get(code=unit) if unit else None,
            )  # fmt: skip
            posts.append((post.pk, "create", None))
        keep(self.frame, source, "account", made)
        keep(self.frame, source, "post", posts)


def _undo(frame: Frame, source: Source) -> Undone:
    total = Undone()
    for pk, _act, _before in kept(source, "post"):
        post = Post.objects.filter(pk=pk, valid_to=None).first()
        try:
            if post is None:
                raise Refused("gone", "")
            accounts.end_post(frame.actor, post=post, reason=_("撤回导入"), at=frame.at)
            total += Undone(1)
        except LianxinError:
            total += Undone(0, 1)
    for pk, _act, _before in kept(source, "account"):
        account = Account.objects.get(pk=pk)
        if account.last_login is None and account.disabled_at is None:
            accounts.disable_account(frame.actor, account=account, reason=_("撤回导入"), at=frame.at)
    return total
