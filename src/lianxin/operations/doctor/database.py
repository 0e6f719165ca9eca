"""Checks that ask the database: the server, its clock, migrations, the feed, the worker, demo passwords."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import DatabaseError, connection

from lianxin.operations.doctor.finding import Finding, care, fine, wrong
from lianxin.operations.health.views import pending_migrations

MAJOR = 18
SKEW_CARE = 5  # seconds
BACKLOG_WRONG = 60  # seconds the oldest entry waits in the outbox
LAG_CARE = 1_000  # entries a consumer is behind
SILENT_WRONG = 120  # seconds since the worker's last sign of life


def server() -> Iterator[Finding]:
    """Look at the server: reachable, version, encoding and locale, settings."""
    try:
        version = int(_one("show server_version_num"))
    except DatabaseError as error:
        remedy = "请确认 PostgreSQL 已启动,DATABASE_URL 正确;内置数据库请用 ./run demo 启动。"
        yield wrong("数据库", f"连接不上:{str(error).strip()}", remedy)
        return
    if version // 10_000 != MAJOR:
        yield wrong("数据库", f"服务器版本是 {version // 10_000}。", f"请使用 PostgreSQL {MAJOR}。")
    else:
        yield fine("数据库", f"PostgreSQL {version // 10_000}.{version % 10_000},可以连接。")
    yield from _locale()
    if _one("show jit") == "on":
        yield care("数据库", "JIT 已打开,会拖慢短查询。", "请在 postgresql.conf 中设 jit = off。")


def _locale() -> Iterator[Finding]:
    encoding, provider, locale = _row(
        "select pg_encoding_to_char(encoding), datlocprovider, coalesce(datlocale, datcollate)"
        " from pg_database where datname = current_database()"
    )
    if encoding != "UTF8":
        yield wrong("数据库", f"编码是 {encoding},存不下中文。", "请以 UTF8 编码新建数据库,再恢复备份。")
    if locale == "C" and provider != "b":
        remedy = "请新建:createdb --locale-provider=builtin --builtin-locale=C.UTF-8 --template=template0 …"
        yield wrong("数据库", "区域设置是 C,三字以上的中文搜索会找不到结果。", remedy)


def clock() -> Finding:
    """Compare the clocks of this machine and of the database server."""
    there: datetime = _one("select clock_timestamp()")
    skew = abs((there - datetime.now(UTC)).total_seconds())
    if skew > SKEW_CARE:
        remedy = "办理时限以时钟为准。请在两台机器上启用时间同步(chrony 或 systemd-timesyncd)。"
        return wrong("时钟", f"本机与数据库服务器相差 {skew:.0f} 秒。", remedy)
    return fine("时钟", f"与数据库服务器相差 {skew:.1f} 秒。")


def migrations() -> Finding:
    """Look for migrations that were not run."""
    pending = pending_migrations()
    if pending:
        sample = "、".join(pending[:3])
        return wrong("数据表", f"有 {len(pending)} 步升级未执行({sample}…)。", "请先备份,再执行:./run lianxin migrate")
    return fine("数据表", "与程序版本一致。")


def outbox() -> Finding:
    """Look at whether committed entries get their feed number."""
    count, age = _row("select count(*), coalesce(extract(epoch from now() - min(at)), 0)::float from outbox")
    if count and age > BACKLOG_WRONG:
        remedy = "消息、统计和大屏会停在过去。请确认 relay 进程在运行(lianxin relay),并查看 logs/relay.log。"
        return wrong("流程消息", f"有 {count} 条记录未发布,最早的已等待 {age:.0f} 秒。", remedy)
    return fine("流程消息", f"待发布 {count} 条。")


def consumers() -> Iterator[Finding]:
    """Look at whether the listeners of the feed keep up, and whether they failed on something."""
    rows = _rows(
        "select consumer, (select number from feed_head) - number from feed_cursor where"
        f" (select number from feed_head) - number > {LAG_CARE}"
    )
    for consumer, behind in rows:
        yield care("流程消息", f"{consumer} 落后 {behind} 条。", "若持续增长,请查看 logs/relay.log。")
    for consumer, count in _rows("select consumer, count(*) from feed_parked group by consumer"):
        remedy = "系统会自动重试;若不减少,请查看 logs/relay.log 中的原因。"
        yield care("流程消息", f"{consumer} 有 {count} 条处理失败,已搁置。", remedy)


def worker() -> Finding:
    """Look for a sign of life of the process that runs jobs."""
    age = _one("select extract(epoch from now() - max(last_heartbeat))::float from procrastinate_workers")
    if age is None or age > SILENT_WRONG:
        since = "没有运行" if age is None else f"已有 {age:.0f} 秒没有响应"
        return wrong(
            "后台任务", f"worker {since},到期提醒、定时任务不会执行。", "请启动 lianxin worker,并查看 logs/worker.log。"
        )
    waiting = _one(
        "select count(*) from procrastinate_jobs where status = 'todo' and coalesce(scheduled_at, now()) <= now()"
    )
    return fine("后台任务", f"worker 正常,排队 {waiting} 个。")


def demo_passwords() -> Finding:
    """Look for accounts that still have the published password of the demo, where this is no demo."""
    subject = "演示密码"
    if settings.DEMO:
        return fine(subject, "演示模式,不检查。")
    try:
        published = json.loads((settings.DATA / "demo-accounts.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return fine(subject, "没有演示账号。")
    passwords = {entry["username"]: entry["password"] for entry in published}
    accounts = apps.get_model("accounts", "Account")._default_manager.filter(username__in=passwords)
    open_doors = [
        name
        for name, encoded in accounts.filter(disabled_at=None).values_list("username", "password")
        if check_password(passwords[name], encoded)
    ]
    if open_doors:
        return wrong(
            subject, f"{len(open_doors)} 个账号仍用演示密码:{'、'.join(open_doors)}。", "请立即停用或修改密码。"
        )
    return fine(subject, "没有账号使用演示密码。")


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _row(statement: str) -> tuple[Any, ...]:
    return _rows(statement)[0]


def _one(statement: str) -> Any:
    return _row(statement)[0]
