"""Addresses of cameras in their owners' systems: a template with `{number}`, and what is wrong with one. Pure."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

HOLE = "{number}"
MOST = 300


def host_of(template: str) -> str:
    """Return host and port as the list of hosts has them; "" where the address has none that can be read."""
    try:
        split = urlsplit(template)
        port = split.port
    except ValueError:
        return ""
    host = (split.hostname or "").lower()
    return f"{host}:{port}" if host and port not in {None, 443} else host


def fault(template: str, hosts: Collection[str]) -> str:
    """Return what is wrong with a template, in words with the remedy; empty where nothing is."""
    if len(template) > MOST or re.search(r"[\x00-\x20\x7f\\\"<>]", template):
        return _("地址里有空格、控制字符或反斜杠，或者太长（最多 {most} 个字）。").format(most=MOST)
    try:
        split = urlsplit(template)
    except ValueError:
        return _("这不是一个完整的网址。")
    if split.scheme != "https":
        return _("地址要以 https:// 开头，画面才不会在路上被看到。")
    if "@" in split.netloc:
        return _("地址里不能带用户名和密码。打开的人用自己的账号登录权属单位的平台。")
    return _host_fault(template, split.netloc, hosts) or _holes(template)


def _host_fault(template: str, place: str, hosts: Collection[str]) -> str:
    host = host_of(template)
    if not host or "{" in place or "}" in place:
        return _("看不出是哪台服务器。")
    if host not in hosts:
        return _("{host} 不在允许的名单里。名单写在方案的 [cameras] hosts 里，由部署人员维护。").format(host=host)
    return ""


def _holes(template: str) -> str:
    rest = template.replace(HOLE, "", 1)
    if rest == template:
        return _("地址里要有 {hole}，打开时换成国标编码。").format(hole=HOLE)
    if "{" in rest or "}" in rest:
        return _("地址里只能有一处 {hole}，不能有别的花括号。").format(hole=HOLE)
    return ""


def filled(template: str, number: str) -> str:
    """Return the address of one camera; its number is digits only, so nothing else can slip in."""
    return template.replace(HOLE, number)
