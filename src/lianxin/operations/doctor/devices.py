"""Checks of the way readings of devices come in."""

import socket
from collections.abc import Iterator

from django.conf import settings

from lianxin.faces.gateways.mqtt.link import Address
from lianxin.operations.doctor.finding import Finding, care, fine, wrong

SUBJECT = "物联接入"
PATIENCE = 3  # seconds


def broker() -> Finding:
    """Look at whether the MQTT broker can be reached."""
    if not settings.MQTT_URL:
        remedy = (
            "需要 MQTT 时请执行 sudo apt-get install mosquitto 并重新启动,或用 LIANXIN_MQTT_URL 指向已有的代理;"
            "详见 docs/operate/sensors.md。"
        )
        return care(SUBJECT, "没有消息代理,设备只能用 HTTP 送数。", remedy)
    address = Address.parse(settings.MQTT_URL, user=settings.MQTT_USER, password=settings.MQTT_PASSWORD)
    try:
        _connect(address)
    except OSError as error:
        remedy = "请确认代理已经启动、网络可达;设备送来的数在代理恢复后继续接收。"
        return wrong(SUBJECT, f"连不上消息代理 {settings.MQTT_URL}:{error}", remedy)
    return fine(SUBJECT, f"消息代理 {settings.MQTT_URL} 可以连接。")


def set_aside() -> Iterator[Finding]:
    """Look for messages that could not be stored."""
    for path in sorted((settings.DATA / "intake").glob("set-aside-*.jsonl")):
        count = len(path.read_bytes().splitlines())
        number = path.stem.rpartition("-")[2]
        remedy = f"请看接入服务的日志找出原因;排除后执行 ./run lianxin intake --again --number {number} 补存。"
        yield wrong(SUBJECT, f"有 {count} 条消息存不进数据库,另存在 {path}。", remedy)


def _connect(address: Address) -> None:
    """Connect and go. Raises OSError."""
    if address.transport == "unix":
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as found:
            found.settimeout(PATIENCE)
            found.connect(address.host)
        return
    socket.create_connection((address.host, address.port), PATIENCE).close()
