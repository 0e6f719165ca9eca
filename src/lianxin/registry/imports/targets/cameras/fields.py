"""What a table of cameras may hold, as registers of public security and of 雪亮工程 write it."""

import math
import re
from typing import Any

from django.utils.translation import gettext as _

from lianxin.kernel.geometry.coordinates import System
from lianxin.kernel.tables.values import folded, read_number, read_yes
from lianxin.registry.cameras import codes
from lianxin.registry.cameras.coverage import FULL, MOST_HEIGHT, MOST_REACH
from lianxin.registry.cameras.models import Camera
from lianxin.registry.imports.fields import Choice, ImportField, spoilt, words
from lianxin.registry.imports.problems import Unreadable

_WINDS = {"北": 0, "东北": 45, "东": 90, "东南": 135, "南": 180, "西南": 225, "西": 270, "西北": 315}
_KIND_WORDS = {
    "fixed": ("枪机", "固定", "枪型", "固定摄像机", "枪式"), "remote": ("云台枪机", "遥控", "云台"),
    "ball": ("快球", "高速球", "球型", "球形", "球型摄像机", "鹰眼"), "half": ("半球型", "半球摄像机", "海螺"),
    "panorama": ("全景摄像机", "鱼眼", "高空瞭望", "瞭望"), "other": ("卡口", "未知"),
}  # fmt: skip
_STATE_WORDS = {
    "on": ("在线", "正常", "在用", "ON", "1", "是", "良好"), "off": ("离线", "不在线", "OFF", "0", "2", "否", "断线"),
    "repair": ("维修", "故障", "检修中", "停用"), "unknown": ("未知", "不详"),
}  # fmt: skip
_SYSTEMS = {
    System.WGS84.value: "WGS-84", System.CGCS2000.value: "国家大地 2000", System.GCJ02.value: "GCJ-02",
    System.BD09.value: "BD-09",
}  # fmt: skip
_SYSTEM_WORDS = {
    System.WGS84.value: ("WGS84", "GPS", "84"), System.CGCS2000.value: ("CGCS2000", "2000", "天地图"),
    System.GCJ02.value: ("GCJ02", "火星坐标", "高德", "腾讯"), System.BD09.value: ("BD09", "百度"),
}  # fmt: skip
# The width of a 1/2.8 inch chip, the usual one, in millimetres: tells how wide a lens sees.
_CHIP = 5.37

kind = Choice(dict(Camera.Kind.choices), _KIND_WORDS, rest=Camera.Kind.OTHER)
state = Choice(dict(Camera.State.choices), _STATE_WORDS)
_system = Choice(_SYSTEMS, _SYSTEM_WORDS)


def number(text: str) -> str:
    """Read a device number; what is wrong names the digits."""
    spoilt(text)
    if wrong := codes.faults(text):
        raise Unreadable("form", " ".join(fault.sentence for fault in wrong))
    return codes.tidy(text)


def bearing(text: str) -> int:
    """Read a direction: degrees clockwise from north, or one of eight winds (正北, 东南 …)."""
    told = re.sub(r"(方向|朝|向|度|°|正|偏|面)", "", folded(text))
    if told in _WINDS:
        return _WINDS[told]
    swapped = told[::-1]  # 南东 is 东南
    if swapped in _WINDS:
        return _WINDS[swapped]
    found = read_number(told)
    if found is None or not 0 <= found <= FULL:
        raise Unreadable("number", _("看不懂“{text}”。写 0 到 359 度（正北是 0，顺时针），或写东、东南这样。").format(
            text=text[:20]))  # fmt: skip
    return round(found) % FULL


def _measure(high: float, unit: str) -> Any:
    def read(text: str) -> float:
        found = read_number(re.sub(r"(米|M|m|度|°|毫米|MM|mm)$", "", text.strip()))
        if found is None or not 0 < found <= high:
            raise Unreadable("number", _("“{text}”不是 0 到 {high} {unit}之间的数。").format(
                text=text[:20], high=f"{high:,.0f}", unit=unit))  # fmt: skip
        return float(found)

    return read


def angle_of(focal: float) -> int:
    """Return the opening of a lens by its focal length in millimetres, before the usual chip."""
    return max(1, round(math.degrees(2 * math.atan(_CHIP / (2 * focal)))))


def _coordinate(label: str) -> Any:
    def read(text: str) -> float:
        found = read_number(re.sub(r"[EN°]", "", folded(text)))
        if found is None:
            raise Unreadable("number", _("“{text}”不是数。").format(text=text[:20]))
        if abs(found) > 180:  # a latitude that is none may be a longitude in the wrong column
            sentence = _("{label}写的是 {text}，不像经纬度。平面坐标（米）请先换算再导入。")
            raise Unreadable("form", sentence.format(label=label, text=text[:20]))
        return float(found)

    return read


def _online(text: str) -> str:
    said = read_yes(text)
    if said is not None:
        return Camera.State.ON if said else Camera.State.OFF
    return state(text)


FIELDS = (
    ImportField("number", "国标编码", number, ("设备编码", "国标ID", "设备国标编码", "国标编号", "通道编码", "设备编号",
                "摄像机编码", "视频编码", "GB28181编码", "DeviceID", "SBBM"), required=True,
                looks=lambda text: not codes.faults(text), example="34088100001320000001",
                hint="20 位，这一列请设成文本"),
    ImportField("name", "设备名称", words(80), ("点位名称", "名称", "摄像机名称", "通道名称", "监控点名称", "SBMC"),
                required=True, example="同安路与文昌大道路口东"),
    ImportField("division", "行政区划", words(40), ("行政区域", "区划代码", "行政区划代码", "所属区划", "XZQH"),
                example="340881", hint="只用来核对编码前几位；放在哪里由坐标决定"),
    ImportField("lon", "经度", _coordinate("经度"), ("X", "X坐标", "东经", "lng", "lon", "longitude", "JD"),
                example="116.951234"),
    ImportField("lat", "纬度", _coordinate("纬度"), ("Y", "Y坐标", "北纬", "lat", "latitude", "WD"),
                example="31.041234"),
    ImportField("coordinates", "坐标系", _system, ("坐标系统", "坐标类型"), choices=tuple(_SYSTEMS.values()),
                carried=(), example="", hint="空着是 WGS-84；从高德、百度来的写 GCJ-02、BD-09，写在第一行即可"),
    ImportField("address", "安装位置", words(200), ("安装地址", "安装地点", "地址", "详细地址", "位置描述", "AZDZ"),
                example="文昌街道同安路口东北角信号灯杆"),
    ImportField("bearing", "朝向", bearing, ("监视方位", "监控方位", "方位", "方位角", "水平方位角", "摄像机朝向",
                "方向"), example="90", hint="度数（正北是 0，顺时针），或写东、东南"),
    ImportField("angle", "视角", _measure(FULL, "度"), ("视场角", "水平视角", "可视角度", "水平视场角", "监控角度"),
                example="60", hint="度；看一圈的写 360"),
    ImportField("focal", "焦距", _measure(2_000, "毫米"), ("镜头焦距", "焦距mm"), example="",
                hint="毫米；没有视角的，按 1/2.8 英寸靶面估算视角"),
    ImportField("reach", "可视距离", _measure(MOST_REACH, "米"), ("监控距离", "有效距离", "可视范围", "监视距离"),
                example="80", hint="米"),
    ImportField("height", "安装高度", _measure(MOST_HEIGHT, "米"), ("离地高度", "立杆高度", "杆高", "高度"),
                example="6", hint="米"),
    ImportField("owner", "权属单位", words(120), ("所属单位", "产权单位", "建设单位", "管理单位", "归属单位",
                "所属部门"), example="市公安局", hint="空着是这张表的来源单位"),
    ImportField("platform", "平台", words(60), ("接入平台", "所属平台", "视频平台", "共享平台"), example="gongan",
                hint="写登记过的平台名称或代号"),
    ImportField("kind", "摄像机类型", kind, ("设备类型", "类型", "云台类型", "摄像机种类", "PTZType"), looks=kind.looks,
                choices=tuple(Camera.Kind.labels), example="固定枪机"),
    ImportField("state", "是否在线", _online, ("在线状态", "状态", "设备状态", "联网状态", "运行状态"),
                choices=tuple(Camera.State.labels), example="在线"),
    ImportField("note", "备注", words(300), ("说明",), example=""),
)  # fmt: skip
