"""Find Mosquitto for the tests of devices, or install Debian's as root."""

import os
import shutil

from lianxin.operations.launch.console import say
from lianxin.operations.launch.environment import apt_install

PLACES = ("mosquitto", "/usr/sbin/mosquitto")


def prepare() -> None:
    """Make an MQTT broker available where that is possible; the tests say so themselves where it is not."""
    if os.environ.get("LIANXIN_MOSQUITTO") or any(map(shutil.which, PLACES)):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("正在安装消息代理 mosquitto(供设备测试)", "installing mosquitto for the tests of devices")
        if apt_install("mosquitto"):
            return
    say("没有消息代理 mosquitto,相关测试将跳过", "there is no Mosquitto: its tests will be skipped")
