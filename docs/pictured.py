"""What the pictures of the documents show: who looks, where they go, and under which name it is kept."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

Show = Callable[[Page], object]


@dataclass(frozen=True)
class Shot:
    """One picture: its name, whose page, at which width, and how to get there."""

    name: str
    who: str  # the English half of the welcome's line; empty: nobody has signed in
    show: Show
    phone: bool = False
    height: int = 0  # where the window's own shows too little


def opens(path: str) -> Show:
    """Go to an address."""
    return lambda page: page.goto(path)


def first_case(query: str) -> Show:
    """Go to the first case of a list."""

    def show(page: Page) -> None:
        page.goto(f"/console/cases?{query}")
        page.goto(page.locator("main table a[href^='/console/cases/']").first.get_attribute("href") or "")

    return show


def following(path: str, *links: str) -> Show:
    """Go to a list of 基础库, and on by the first link of each of these."""

    def show(page: Page) -> None:
        page.goto(path)
        for link in links:
            page.goto(page.locator(link).first.get_attribute("href") or "")

    return show


def found(page: Page) -> None:
    """Type a surname into the box of 基础库."""
    page.goto("/console/base/search")
    page.fill("#find-words", "张")
    page.locator("#found a.item").first.wait_for()


def asked_why(page: Page) -> None:
    """Ask for somebody's numbers, to be asked for a reason."""
    following("/console/base/people/?need=lone_elder", "tbody th a")(page)
    page.locator("[data-key=v]").click()
    page.locator("dialog[open] form").wait_for()


def in_app(path: str, ready: str) -> Show:
    """Open the grid worker's app at a place, once what it carries has come."""

    def show(page: Page) -> None:
        page.goto("/worker/")
        page.get_by_text("拍照上报").first.wait_for()
        page.goto(f"/worker{path}")
        page.locator(ready).first.wait_for()

    return show


def own_report(page: Page) -> None:
    """Go to what the resident reported last."""
    page.goto("/me")
    page.goto(page.locator("a[href^='/follow/']").first.get_attribute("href") or "")


def at_home(page: Page) -> None:
    """Choose the first community and grid, then go home."""
    page.goto("/place")
    while "/place" in page.url:
        # The last choice is a button; the first button only says that the grid is not known.
        grids, areas = page.locator("main button[name=area]"), page.locator("main a[href*='in=']")
        (grids.nth(1) if grids.count() else areas.first).click()
        page.wait_for_load_state()
    page.goto("/")


def at_home_then(path: str) -> Show:
    """Choose a community, then go to an address."""

    def show(page: Page) -> None:
        at_home(page)
        page.goto(path)

    return show


def in_large_print(page: Page) -> None:
    """Switch to large print on the first page."""
    page.goto("/")
    page.locator("form[action='/elder'] button").first.click()
    page.wait_for_load_state()


def half_told(page: Page) -> None:
    """Begin a report."""
    page.goto("/report")
    page.fill("[name=text]", "东门路口的井盖松了，车一过就响，怕有人绊倒。")


SHOTS = (
    Shot("sign-in", "", opens("/console/sign-in")),
    Shot("seat", "city seat", opens("/console/seat?tab=reported")),
    Shot("case", "city seat", first_case("state=all&flag=whistled&order=newest"), height=1500),
    Shot("cases", "city seat", opens("/console/cases")),
    Shot("entry", "city seat", opens("/console/entry")),
    Shot("work-clerk", "community clerk", opens("/console/work")),
    Shot("work-handler", "department handler", opens("/console/work")),
    Shot("work-supervisor", "supervisor", opens("/console/work")),
    Shot("work-leader", "leader", opens("/console/work")),
    Shot("dispatch-day", "leader", following("/console/dispatch-days/", "a.day-card"), height=1100),
    Shot("liaison", "leader", opens("/console/liaison/")),
    Shot("whistles", "supervisor", opens("/console/command/whistles/")),
    Shot("map", "city seat", opens("/console/map/")),
    Shot("screen", "leader", opens("/screen/")),
    Shot("components", "city seat", opens("/console/components/")),
    Shot("camera", "city seat", following("/console/cameras/", "tbody th a")),
    Shot("sensor", "city seat", following("/console/sensors/", "tbody th a")),
    Shot("alarms", "city seat", opens("/console/alarms/")),
    Shot("warning", "city seat", following("/console/warnings/", "main a[href^='/console/warnings/'][href*='-']")),
    Shot("table", "leader", opens("/console/statistics/tables/make?rows=street&f=reported&f=closed&chart=bar")),
    Shot("areas", "administrator", opens("/console/areas/")),
    Shot("duties", "administrator", opens("/console/duties/")),
    Shot("base", "community clerk", opens("/console/base/")),
    Shot("base-search", "grid worker", found),
    Shot(
        "base-person",
        "community clerk",
        following("/console/base/people/?need=lone_elder", "tbody th a"),
        height=1200,
    ),
    Shot("base-look", "community clerk", asked_why),
    Shot("base-building", "grid worker", following("/console/base/estates/", "tbody th a", "tbody[data-rows] th a")),
    Shot("base-portrait", "leader", following("/console/base/", "section.card-flush tbody th a"), height=1300),
    Shot(
        "base-building-phone",
        "grid worker",
        following("/console/base/estates/", "tbody th a", "tbody[data-rows] th a"),
        phone=True,
    ),
    Shot("worker-today", "grid worker", in_app("/", "main"), phone=True),
    Shot("worker-report", "grid worker", in_app("/report", "main"), phone=True),
    Shot("worker-map", "grid worker", in_app("/map", "main canvas, main svg"), phone=True),
    Shot("worker-diary", "grid worker", in_app("/diary", "main"), phone=True),
    Shot("worker-patrols", "grid worker", in_app("/patrols", "main"), phone=True),
    Shot("worker-sync", "grid worker", in_app("/sync", "main"), phone=True),
    Shot("patrols", "community clerk", opens("/console/patrols/")),
    Shot("diary", "community clerk", opens("/console/visits/")),
    Shot("notices", "community clerk", opens("/console/notices/")),
    Shot("wishes", "community clerk", opens("/console/wishes/")),
    Shot("statistics", "leader", opens("/console/statistics/"), height=1500),
    Shot("resident-home", "", at_home, phone=True),
    Shot("resident-report", "", half_told, phone=True),
    Shot("resident-notices", "", at_home_then("/notices"), phone=True),
    Shot("resident-stations", "", at_home_then("/stations"), phone=True),
    Shot("resident-wish", "", at_home_then("/wishes/write"), phone=True),
    Shot("resident-follow", "resident", own_report, phone=True),
    Shot("resident-elder", "", in_large_print, phone=True),
)


@dataclass(frozen=True)
class Screen:
    """One screen: its name, what it is in a few words, who looks at it, and how to get there."""

    name: str
    title: str
    who: str
    show: Show


SCREENS = (
    Screen("work-seat", "工作台：坐席", "city seat", opens("/console/work")),
    Screen("work-leader", "工作台：领导", "leader", opens("/console/work")),
    Screen("work-street", "工作台：街道", "street seat", opens("/console/work")),
    Screen("work-clerk", "工作台：社区", "community clerk", opens("/console/work")),
    Screen("work-handler", "工作台：部门", "department handler", opens("/console/work")),
    Screen("work-supervisor", "工作台：督查", "supervisor", opens("/console/work")),
    Screen("workspace-handler", "单位的事", "department handler", opens("/console/command/workspace/")),
    Screen("workspace-street", "街道的事", "street seat", opens("/console/command/workspace/")),
    Screen("seat", "坐席", "city seat", opens("/console/seat")),
    Screen("cases", "案卷", "city seat", opens("/console/cases")),
    Screen("case", "一件案卷", "city seat", first_case("state=all&flag=whistled&order=newest")),
    Screen("entry", "登记来电", "city seat", opens("/console/entry")),
    Screen("calls", "通话记录", "city seat", opens("/console/calls")),
    Screen("views", "存下的视图", "city seat", opens("/console/views")),
    Screen("templates", "答复模板", "administrator", opens("/console/templates")),
    Screen("map", "一张图", "city seat", opens("/console/map/")),
    Screen("map-street", "一张图：街道", "street seat", opens("/console/map/")),
    Screen("map-base", "底图", "administrator", opens("/console/map/base/")),
    Screen("whistles", "吹哨", "supervisor", opens("/console/command/whistles/")),
    Screen("supervisions", "督办", "supervisor", opens("/console/command/supervisions/")),
    Screen("approvals", "审批", "supervisor", opens("/console/command/approvals/")),
    Screen("delegations", "委托", "supervisor", opens("/console/command/delegations/")),
    Screen("dispatch-days", "领导调度日", "city seat", opens("/console/dispatch-days/")),
    Screen(
        "dispatch-day",
        "一次调度日",
        "leader",
        following("/console/dispatch-days/", "main a[href^='/console/dispatch-days/'][href$='/']"),
    ),
    Screen("liaison", "联系包抓", "city seat", opens("/console/liaison/")),
    Screen("liaison-mine", "我联系的地方", "leader", opens("/console/liaison/mine")),
    Screen("statistics", "统计", "leader", opens("/console/statistics/")),
    Screen("statistics-trends", "趋势", "leader", opens("/console/statistics/trends")),
    Screen("statistics-heat", "什么时候报得多", "leader", opens("/console/statistics/heat")),
    Screen("statistics-indicators", "评价指标", "leader", opens("/console/statistics/indicators")),
    Screen("tables", "自助表", "leader", opens("/console/statistics/tables/")),
    Screen("table", "做一张表", "leader", opens("/console/statistics/tables/make")),
    Screen("lists", "案卷清单", "city seat", opens("/console/lists/")),
    Screen("components", "部件", "city seat", opens("/console/components/")),
    Screen("component", "一个部件", "city seat", following("/console/components/", "tbody th a")),
    Screen("cameras", "视频点位", "city seat", opens("/console/cameras/")),
    Screen("camera", "一个视频点位", "city seat", following("/console/cameras/", "tbody th a")),
    Screen("sensors", "物联设备", "city seat", opens("/console/sensors/")),
    Screen("sensor", "一台设备", "city seat", following("/console/sensors/", "tbody th a")),
    Screen("sensor-refusals", "没收的读数", "administrator", opens("/console/sensors/refusals")),
    Screen("systems", "接入系统", "administrator", opens("/console/sensors/systems/")),
    Screen("alarms", "告警", "city seat", opens("/console/alarms/")),
    Screen(
        "alarm", "一次告警", "city seat", following("/console/alarms/", "main a[href^='/console/alarms/'][href*='-']")
    ),
    Screen("alarm-rules", "告警规则", "administrator", opens("/console/alarms/rules/")),
    Screen("warnings", "预警", "city seat", opens("/console/warnings/")),
    Screen(
        "warning",
        "一份预警",
        "city seat",
        following("/console/warnings/", "main a[href^='/console/warnings/'][href*='-']"),
    ),
    Screen("base", "基础库", "community clerk", opens("/console/base/")),
    Screen("patrols", "巡查", "community clerk", opens("/console/patrols/")),
    Screen("visits", "民情", "community clerk", opens("/console/visits/")),
    Screen("wishes", "心愿", "community clerk", opens("/console/wishes/")),
    Screen("notices", "通知", "community clerk", opens("/console/notices/")),
    Screen("areas", "网格", "administrator", opens("/console/areas/")),
    Screen("units", "单位", "administrator", opens("/console/units/")),
    Screen("duties", "权责清单", "administrator", opens("/console/duties/")),
    Screen("duty-matrix", "谁牵头", "administrator", opens("/console/duties/matrix")),
    Screen("admin", "管理", "administrator", opens("/console/admin/")),
    Screen("setup", "开始设置", "administrator", opens("/console/profile/setup")),
    Screen("profile", "方案", "administrator", opens("/console/profile/")),
    Screen("roles", "权限", "administrator", opens("/console/profile/roles")),
    Screen("standards", "立案标准", "administrator", opens("/console/profile/standards")),
    Screen("calendar", "工作日历", "administrator", opens("/console/profile/calendar")),
    Screen("texts", "各种文字", "administrator", opens("/console/profile/texts")),
    Screen("staff", "人员", "administrator", opens("/console/staff/")),
    Screen("imports", "导入", "administrator", opens("/console/imports/")),
    Screen("screen", "大屏", "leader", opens("/screen/")),
    Screen("screen-2", "大屏：来了多少，办了多少", "leader", opens("/screen/?page=2")),
    Screen("screen-3", "大屏：网格在做什么", "leader", opens("/screen/?page=3")),
    Screen("screen-arrange", "排大屏", "leader", opens("/screen/arrange")),
    Screen("screen-walls", "连着的屏幕", "leader", opens("/screen/walls")),
)
