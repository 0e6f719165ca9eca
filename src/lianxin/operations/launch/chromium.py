"""Find a Chromium for the browser tests, or install Debian's as root."""

import os
import shutil

from lianxin.operations.launch.console import say
from lianxin.operations.launch.environment import apt_install

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def prepare() -> None:
    """Make a Chromium available where that is possible; the tests say so themselves where it is not."""
    if os.environ.get("LIANXIN_CHROMIUM") or any(map(shutil.which, NAMES)):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("正在安装浏览器 chromium(供界面测试)", "installing chromium for the browser tests")
        if apt_install("chromium", "fonts-noto-cjk"):
            return
    say("没有可用的浏览器,界面测试将跳过", "there is no Chromium: browser tests will be skipped")
