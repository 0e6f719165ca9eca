"""Checks that need no database: Python, disk, folders, keys, settings."""

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from lianxin.kernel.crypto import keys
from lianxin.operations.doctor.finding import Finding, care, fine, wrong
from lianxin.operations.launch import environment
from lianxin.operations.launch.places import VENV

GIGABYTE = 1024**3
DISK_WRONG, DISK_CARE = 1, 5  # GB free
LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]"}
SHORTEST_SECRET = 32


def python() -> Finding:
    """Look at Python, and whether its packages are those of the lock file."""
    found = ".".join(map(str, sys.version_info[:3]))
    if Path(sys.prefix) == VENV and not environment.is_ready("runtime"):
        return care("Python", f"版本 {found},依赖与 requirements.lock 不一致。", "请重新运行 ./run,会自动更新依赖。")
    return fine("Python", f"版本 {found}。")


def disk() -> Finding:
    """Look at the space where the data lies."""
    free = shutil.disk_usage(_existing(settings.DATA)).free / GIGABYTE
    sentence = f"{settings.DATA} 所在磁盘剩余 {free:.1f} GB。"
    if free < DISK_WRONG:
        return wrong("磁盘", sentence, "空间即将用尽,数据库会停止写入。请立即清理或扩容。")
    if free < DISK_CARE:
        return care("磁盘", sentence, "建议至少保留 5 GB,请安排清理或扩容。")
    return fine("磁盘", sentence)


def data_folder() -> Finding:
    """Look at whether the data folder is ours alone."""
    folder = settings.DATA
    if not folder.is_dir():
        return wrong("数据目录", f"{folder} 不存在。", "首次启动会自动建立;也可用 LIANXIN_DATA 指向正确的目录。")
    if not os.access(folder, os.W_OK | os.X_OK):
        return wrong(
            "数据目录", f"当前用户不能写入 {folder}。", f"请改用该目录的所有者运行,或执行 chown 交还 {folder}。"
        )
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        return wrong("数据目录", f"{folder} 对其他用户开放。", f"其中有密钥和居民信息。请执行:chmod 700 {folder}")
    return fine("数据目录", f"{folder} 仅本用户可用。")


def key_file() -> Finding:
    """Look at the keys for identity numbers and phones."""
    path = settings.KEYS_FILE
    try:
        ring = keys.read(path)
    except keys.KeyFileError as error:
        remedy = f"请从备份恢复 {path}。没有它,已加密的证件号和电话将无法读出;请勿新建覆盖。"
        return wrong("密钥", f"密钥文件不可用:{error}", remedy)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return wrong("密钥", f"{path} 对其他用户开放。", f"请执行:chmod 600 {path}")
    return fine("密钥", f"共 {len(ring.keys)} 把,当前使用 {ring.active.id}。请确认已与数据库分开备份。")


def secret_key() -> Finding:
    """Look at the secret that signs sessions."""
    if len(settings.SECRET_KEY) < SHORTEST_SECRET:
        remedy = "请用 LIANXIN_SECRET_KEY_FILE 指向一个随机内容的文件,例如:openssl rand -base64 48 > secret-key"
        return wrong("会话密钥", "会话签名密钥过短,登录状态可能被伪造。", remedy)
    return fine("会话密钥", "长度足够。")


def public_address() -> Finding:
    """Look at where links in text messages and on posters lead, and whether phones may work there without signal."""
    subject, url = "对外网址", settings.PUBLIC_URL
    parts = urlsplit(url)
    remedy = "请用 LIANXIN_PUBLIC_URL 写明居民和网格员打开的网址,例如 https://lianxin.example。"
    if not parts.hostname or parts.scheme not in {"http", "https"}:
        return wrong(subject, f"{url} 不是网址。", remedy)
    is_local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if is_local and not settings.DEMO:
        return care(subject, f"短信和海报里的链接指向 {url},手机打不开。", remedy)
    if parts.scheme != "https" and not is_local:
        return wrong(subject, f"{url} 没有用 HTTPS,网格员的手机版不能离线,也不能定位和录音。", remedy)
    return fine(subject, f"链接指向 {url}。")


def exposure() -> Iterator[Finding]:
    """Look at who can reach this installation, and whether it shows itself as a demo."""
    hosts = settings.ALLOWED_HOSTS
    open_to_others = not set(hosts) <= LOCAL_HOSTS
    if settings.DEBUG:
        yield wrong("运行方式", "调试模式已打开,出错页面会泄露内部信息。", "请去掉 LIANXIN_DEBUG=1。")
    if settings.DEMO and open_to_others:
        remedy = "演示账号的密码是公开的。正式使用请新建数据目录并去掉 LIANXIN_DEMO=1。"
        yield wrong("运行方式", f"演示模式对外开放({', '.join(hosts)})。", remedy)
    elif settings.DEMO:
        yield care("运行方式", "正在以演示模式运行,仅供本机试用。", "正式使用请新建数据目录并去掉 LIANXIN_DEMO=1。")
    if "*" in hosts:
        yield care("访问地址", "任何域名都可访问本系统。", "请用 LIANXIN_HOSTS 列出实际使用的域名,以逗号分隔。")
    else:
        yield fine("访问地址", f"允许的域名:{'、'.join(hosts)}。")


def _existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())
