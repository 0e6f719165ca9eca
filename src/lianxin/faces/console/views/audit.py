"""The audit (审计): who did what, when, about what and why; the state of the chain; taking it out."""

import csv
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.console.forms_audit import ROOMS, AuditFilterForm, ExportForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.lookups import person_name
from lianxin.faces.console.saving import Done, done, faults_into
from lianxin.faces.identity.request import Request, address_of
from lianxin.faces.parts.shapes import Filter as Chip
from lianxin.faces.parts.words import PLACE, full_instant
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.accounts.queries import current_posts
from lianxin.foundation.audit import exporting, queries
from lianxin.foundation.audit.actions import record
from lianxin.foundation.audit.models import AuditEntry
from lianxin.foundation.audit.queries import Filter
from lianxin.kernel.text import mask_name

DOOR = "console:admin"
_SIZE = 30
WORDS = {
    "accounts.sign_in": "登录",
    "accounts.sign_in_failed": "登录没成功",
    "accounts.sign_out": "退出登录",
    "accounts.revoke_session": "让设备退出",
    "accounts.revoke_sessions": "让所有设备退出",
    "accounts.create": "建账号",
    "accounts.change_password": "改密码",
    "accounts.reset_password": "重设密码",
    "accounts.disable": "停用账号",
    "accounts.enable": "恢复账号",
    "accounts.give_post": "给岗位",
    "accounts.end_post": "离任",
    "accounts.set_substitute": "设代班人",
    "accounts.set_role": "改角色权限",
    "accounts.create_token": "发接口密钥",
    "accounts.revoke_token": "收回接口密钥",
    "accounts.request_elevation": "申请临时授权",
    "accounts.refuse_elevation": "不同意临时授权",
    "accounts.elevate": "临时授权开始",
    "accounts.end_elevation": "交还临时授权",
    "accounts.entrust": "委托审批",
    "accounts.revoke_trust": "收回委托",
    "cases.reveal": "查看上报人",
    "cases.export": "导出案件",
    "cases.lookup_phone": "按电话查案件",
    "config.put": "改配置",
    "config.load": "载入方案",
    "config.sensors": "修改设备类型和限度",
    "config.calendar": "改工作日历",
    "people.look": "查看人员证件、电话",
    "people.find_by_number": "按号码找人",
    "people.copy_own": "居民取自己的副本",
    "people.erase": "删除人员档案",
    "sources.amend_field": "改字段的归口和期限",
    "exports.ask": "申请导出数据",
    "exports.approve": "批准导出",
    "exports.refuse": "不批准导出",
    "exports.cancel": "取消导出",
    "exports.download": "下载导出文件",
    "cameras.ask": "申请调阅视频",
    "cameras.approve": "批准调阅视频",
    "cameras.refuse": "不批准调阅视频",
    "cameras.open": "打开视频点位",
    "cameras.withdraw": "撤回调阅申请",
    "cameras.give_back": "交回调阅",
    "cameras.revoke": "收回调阅",
    "cameras.platform": "设视频平台的地址",
    "cameras.export": "导出视频点位",
    "audit.export": "导出审计",
    "audit.verify": "核对审计链",
}


@require_safe
@never_cache
@staff_only("audit.read")
def audit(request: HttpRequest) -> HttpResponse:
    """List entries, filtered by the address."""
    asked = cast("Request", request)
    form, wanted = _wanted(asked)
    before = request.GET.get("before", "")
    found = queries.entries(
        asked.actor, wanted, before=int(before) if before.isdecimal() and len(before) < 18 else None, limit=_SIZE
    )
    subjects = {entry.subject_id for entry in found.entries if entry.subject_kind == "account"}
    actors = {entry.actor_id for entry in found.entries}
    people = Account.objects.in_bulk((subjects | actors) - {None})
    return page(
        request,
        "console/audit/audit.html",
        door=DOOR,
        title=_("审计"),
        form=form,
        chips=_chips(asked, form),
        clear_url=request.path,
        rows=[_row(entry, people) for entry in found.entries],
        report=queries.verify_latest(),
        next_url=_address(asked, before=str(found.before)) if found.before else "",
        is_first=not before,
        rooms=ROOMS,
        query=request.GET,
        officers=officers(asked.at),
        may_export=asked.actor.may("audit.export"),
        export=ExportForm(),
        query_words=request.GET.urlencode(),
    )


def _wanted(asked: Request) -> tuple[AuditFilterForm, Filter]:
    form = AuditFilterForm(asked.GET, asked=asked)
    form.is_valid()  # what is not understood is told at its field and asks for nothing
    values = form.cleaned_data
    person, subject = values.get("person"), asked.GET.get("subject", "")
    return form, Filter(
        actor_id=person.pk if person else None,
        action=values.get("action") or "",
        subject_kind="account" if subject.isdecimal() else "",
        subject_id=int(subject) if subject.isdecimal() and len(subject) < 18 else None,
        since=_midnight(values.get("since")),
        until=_midnight(values.get("until"), days=1),
    )


def _midnight(day: Any, *, days: int = 0) -> datetime | None:
    return datetime.combine(day, time(), PLACE) + timedelta(days=days) if day else None


def _chips(asked: Request, form: AuditFilterForm) -> list[Chip]:
    values = form.cleaned_data
    said = {
        "person": person_name(values["person"]) if values.get("person") else "",
        "action": dict(ROOMS).get(values.get("action", ""), "")
        if values.get("action") in dict(ROOMS)
        else WORDS.get(values.get("action", ""), values.get("action", "")),
        "since": f"从 {values['since'].month}月{values['since'].day}日" if values.get("since") else "",
        "until": f"到 {values['until'].month}月{values['until'].day}日" if values.get("until") else "",
        "subject": "只看一个账号" if asked.GET.get("subject") else "",
    }
    return [
        Chip(words, _address(asked, **{name: None})) for name, words in said.items() if words and asked.GET.get(name)
    ]


def _address(asked: Request, **changes: str | None) -> str:
    kept: dict[str, str | None] = {name: str(value) for name, value in asked.GET.items() if name != "before"}
    kept |= changes
    query = urlencode({name: value for name, value in kept.items() if value})
    return f"{asked.path}?{query}" if query else asked.path


def _row(entry: AuditEntry, people: dict[Any, Account]) -> dict[str, Any]:
    account = people.get(entry.subject_id) if entry.subject_kind == "account" else None
    detail = {key: value for key, value in entry.detail.items() if key != "entry" and value}
    return {
        "entry": entry,
        "who": _who(entry, people),
        "what": WORDS.get(entry.action, entry.action),
        "subject": entry.subject_label or (person_name(account) if account and account.username else ""),
        "subject_url": _subject_url(account),
        "detail": _flat(detail),
    }


def _who(entry: AuditEntry, people: dict[Any, Account]) -> str:
    """Return who did it: who works here answers by full name, the system is no person; residents are masked."""
    account = people.get(entry.actor_id)
    is_open = account.kind == Account.Kind.STAFF if account is not None else entry.actor_label == SYSTEM.name
    return entry.actor_label if is_open else mask_name(entry.actor_label)


def _subject_url(account: Account | None) -> str:
    if account is not None and account.kind == Account.Kind.STAFF:
        return reverse("console:person", args=[account.pk])
    return ""


def _flat(detail: Any, path: str = "") -> list[tuple[str, str]]:
    """Return what changed as pairs of name and value, two levels deep and cut short."""
    if isinstance(detail, dict) and path.count(".") < 2:
        return [pair for key, value in detail.items() for pair in _flat(value, f"{path}.{key}" if path else key)][:12]
    return [(path, str(detail)[:160])]


def officers(at: datetime) -> dict[str, Any]:
    """Return who holds which of the three separate powers, and who holds two. One statement."""
    kinds = {
        "system": {"accounts.manage", "config.manage"},
        "security": {"accounts.elevate"},
        "audit": {"audit.export"},
    }
    wanted = sorted(set().union(*kinds.values()))
    posts = current_posts(at).filter(role__permissions__overlap=wanted).select_related("account", "role").order_by("pk")
    holders: dict[str, dict[int, str]] = {kind: {} for kind in kinds}
    for post in posts:
        for kind, codes in kinds.items():
            if codes & set(post.role.permissions):
                holders[kind][post.account_id] = mask_name(post.account.name)
    doubled = (holders["system"].keys() & holders["audit"].keys()) | (
        holders["security"].keys() & holders["audit"].keys()
    )
    names = {pk: name for found in holders.values() for pk, name in found.items()}
    return {
        "rows": [
            ("系统管理员", "管人员、配置，不能批准自己的临时授权", list(holders["system"].values())),
            ("安全管理员", "批准临时授权，看审计", list(holders["security"].values())),
            ("审计员", "只查记录，不能改任何东西", list(holders["audit"].values())),
        ],
        "doubled": [names[pk] for pk in doubled],
    }


@require_POST
@staff_only("audit.read")
def verify(request: HttpRequest) -> HttpResponse:
    """Go through the whole chain now."""
    asked = cast("Request", request)
    report = queries.verify_chain()
    detail = {"checked": report.checked, "broken_at": report.broken_at}
    record(asked.actor, "audit.verify", at=asked.at, subject_kind="audit", address=address_of(request), detail=detail)
    said = (
        f"{report.checked:,} 条全部核对过，链完整" if report.whole else f"链在第 {report.broken_at} 条断了，请马上报告"
    )
    return done(request, Done(reverse("console:audit"), said))


@require_http_methods(["GET", "POST"])
@staff_only("audit.export")
def export(request: HttpRequest) -> Any:
    """Give the filtered entries as CSV, with a reason."""
    asked = cast("Request", request)
    form = ExportForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with faults_into(form):
            _form, wanted = _wanted(asked)
            entries = exporting.export(
                asked.actor, wanted, reason=form.cleaned_data["reason"], at=asked.at, address=address_of(request)
            )
            response = StreamingHttpResponse(_csv(entries), content_type="text/csv; charset=utf-8")
            response["Content-Disposition"] = f'attachment; filename="audit-{asked.at:%Y%m%d-%H%M}.csv"'
            return response
    return page(
        request,
        "console/audit/export.html",
        door=DOOR,
        title=_("导出审计"),
        status=422 if form.errors else 200,
        form=form,
        query_words=request.GET.urlencode(),
        back_url=reverse("console:audit"),
        most=exporting.MOST,
    )


class _Line:
    """A file that gives back what is written to it, so that rows leave one by one."""

    def write(self, text: str) -> str:
        return text


def _csv(entries: list[AuditEntry]) -> Iterator[str]:
    writer = csv.writer(_Line())
    # The mark lets spreadsheets read Chinese.
    yield "\ufeff" + writer.writerow(
        ["编号", "时间", "谁", "做了什么", "对象", "看了哪些", "原因", "来源地址", "校验值"]
    )
    for entry in entries:
        yield writer.writerow(
            [
                entry.id,
                full_instant(entry.at),
                _safe(entry.actor_label),
                WORDS.get(entry.action, entry.action),
                _safe(entry.subject_label),
                _safe("、".join(entry.fields)),
                _safe(entry.reason),
                entry.address or "",
                bytes(entry.hash).hex(),
            ]
        )


def _safe(text: str) -> str:
    """Keep a spreadsheet from taking words for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
