"""What a table of components may hold: as surveys write it (部件普查表), and as live systems export it."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from lianxin.kernel.geometry.coordinates import System
from lianxin.kernel.tables.values import read_number
from lianxin.kernel.text import clean
from lianxin.registry.components import codes
from lianxin.registry.components.inputs import ADDRESS, FIRST_YEAR, NAME, NOTE, note_faults
from lianxin.registry.components.models import Accuracy, How, State
from lianxin.registry.imports.fields import Choice, ImportField, day, spoilt, words
from lianxin.registry.imports.problems import Unreadable

_STATE_WORDS = {
    "intact": ("正常", "良好", "在用", "完整"), "damaged": ("损坏", "损毁", "破旧", "故障"),
    "missing": ("缺失", "遗失"), "occupied": ("被占用", "占压"), "disused": ("停用", "报废"),
    "removed": ("拆除", "已拆除", "移走"),
}  # fmt: skip
_HOW_WORDS = {
    "measured": ("测量", "实地测量", "RTK", "全站仪", "GPS"), "map": ("地形图", "影像", "遥感", "航测", "街景"),
    "field": ("手持采集", "巡查", "现场采集", "普查"), "records": ("档案", "资料", "竣工图", "权属单位"),
}  # fmt: skip
_ACCURACY = {"A": "A", "B": "B", "C": "C"}
_ACCURACY_WORDS = {"A": ("A级", "A类", "0.5米"), "B": ("B级", "B类", "1米"), "C": ("C级", "C类", "10米")}
_SYSTEMS = {
    System.CGCS2000.value: "国家大地 2000", System.WGS84.value: "WGS-84", System.GCJ02.value: "GCJ-02",
    System.BD09.value: "BD-09",
}  # fmt: skip
_SYSTEM_WORDS = {
    System.CGCS2000.value: ("CGCS2000", "2000", "天地图"), System.WGS84.value: ("WGS84", "GPS"),
    System.GCJ02.value: ("GCJ02", "火星坐标", "高德", "腾讯"), System.BD09.value: ("BD09", "百度"),
}  # fmt: skip

_state = Choice(dict(State.choices), _STATE_WORDS)
_how = Choice(dict(How.choices), _HOW_WORDS, rest=How.OTHER)
_accuracy = Choice(_ACCURACY, _ACCURACY_WORDS)
_system = Choice(_SYSTEMS, _SYSTEM_WORDS)


def _number(text: str) -> str:
    spoilt(text)
    number = codes.tidy(text)
    if codes.parts(number) is None:
        told = codes.fault(number, frozenset(), {})
        raise Unreadable("form", told, (_("先不要标识码，导入时编新的"), ""))
    return number


def _coordinate(label: str) -> Any:
    def read(text: str) -> float:
        found = read_number(text)
        if found is None:
            raise Unreadable("number", _("“{text}”不是数。").format(text=text[:20]))
        if abs(found) > 1_000:
            sentence = _("{label}写的是 {text}，像是平面坐标（米）。请先换算成经纬度再导入。")
            raise Unreadable("form", sentence.format(label=label, text=text[:20]))
        return float(found)

    return read


def _day(text: str) -> date:
    found: date = day(text)
    if found.year < FIRST_YEAR:
        raise Unreadable("day", _("“{text}”太早了，应在 {year} 年以后。").format(text=text[:20], year=FIRST_YEAR))
    return found


def _note(text: str) -> str:
    found = clean(text, NOTE)
    if faults := note_faults(found):
        raise Unreadable("form", faults["note"], (_("不要这段备注"), ""))
    return found


FIELDS = (
    ImportField("number", "标识码", _number, ("部件代码", "部件标识码", "部件编码", "部件编号", "标识编码", "ObjID"),
                looks=lambda text: codes.parts(text) is not None, example="3408810137000001",
                hint="16 位，这一列请设成文本；没有的，导入时按类别编号"),
    ImportField("name", "部件名称", words(NAME), ("名称", "ObjName", "部件名"), example="文昌路 12 号路灯",
                hint="空着用类别的名称"),
    ImportField("major", "大类", words(40), ("大类名称", "部件大类", "大类代码"), example="公用设施"),
    ImportField("category", "小类", words(60), ("小类名称", "部件小类", "部件类别", "类别", "小类代码", "部件类型",
                "类型"), example="路灯", hint="名称，或 4 位代码；没有这一列的，按标识码认"),
    ImportField("managing", "主管单位", words(120), ("主管部门", "主管部门名称", "DeptName1", "监管单位"),
                example="市城管局"),
    ImportField("owning", "权属单位", words(120), ("产权单位", "权属部门", "权属单位名称", "DeptName2"),
                example="市供电公司"),
    ImportField("maintaining", "养护单位", words(120), ("维护单位", "管护单位", "养护单位名称", "DeptName3",
                "管养单位"), example="市供电公司"),
    ImportField("grid", "所在网格", words(80), ("所属网格", "网格", "网格名称", "网格编码", "责任网格"), example="",
                hint="只用来核对；放在哪个网格由坐标决定"),
    ImportField("state", "状态", _state, ("部件状态", "ObjState", "现状", "使用状态"), looks=_state.looks,
                choices=tuple(State.labels), example="完好"),
    ImportField("surveyed_on", "普查日期", _day, ("初始日期", "采集日期", "调查日期", "ORDate", "登记日期"),
                example="2025-06-18"),
    ImportField("changed_on", "变更日期", _day, ("CHDate", "状态日期", "更新日期"), example=""),
    ImportField("surveyed_how", "数据来源", _how, ("DataSource", "采集方式", "来源"), looks=_how.looks,
                choices=tuple(How.labels), example="实测"),
    ImportField("accuracy", "定位精度", _accuracy, ("精度", "精度等级"), choices=tuple(_ACCURACY.values()),
                example="A"),
    ImportField("lon", "经度", _coordinate("经度"), ("X", "X坐标", "东经", "lng", "lon", "longitude"),
                example="116.951234"),
    ImportField("lat", "纬度", _coordinate("纬度"), ("Y", "Y坐标", "北纬", "lat", "latitude"),
                example="31.041234"),
    ImportField("system", "坐标系", _system, ("坐标系统", "坐标类型", "坐标种类"), choices=tuple(_SYSTEMS.values()),
                carried=(), example="", hint="空着是国家大地 2000；从高德、百度来的写 GCJ-02、BD-09，写在第一行即可"),
    ImportField("address", "位置描述", words(ADDRESS), ("地址", "所在位置", "位置", "所在道路"),
                example="文昌路与龙眠路交叉口东北角"),
    ImportField("note", "备注", _note, ("Note", "说明"), example=""),
)  # fmt: skip
DEFAULTS = {
    "state": State.INTACT.value, "surveyed_how": How.MEASURED.value, "accuracy": Accuracy.C.value, "address": "",
    "note": "", "surveyed_on": None, "managing_unit_id": None, "owning_unit_id": None, "maintaining_unit_id": None,
}  # fmt: skip
