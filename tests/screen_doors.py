"""Who passes the doors of the big screen; who may not look is led to where a screen is connected."""

from console_doors import page
from door import Door, who_may
from manage_doors import nothing

_LOOK, _ARRANGE = who_may("screen.view"), who_may("screen.arrange")
_LED_AWAY = frozenset({302})
_NOWHERE = {"code": "000000000000"}

BIG_SCREEN: dict[tuple[str, str], Door] = {
    ("GET", "screen/"): Door(may=_LOOK, refused=_LED_AWAY),
    ("GET", "screen/page"): Door(may=_LOOK),
    ("GET", "screen/now"): Door(may=_LOOK),
    ("GET", "screen/of/<str:code>/"): Door(may=frozenset(), hidden=_LOOK, refused=_LED_AWAY, values=_NOWHERE),
    ("GET", "screen/of/<str:code>/page"): Door(may=frozenset(), hidden=_LOOK, values=_NOWHERE),
    ("GET", "screen/connect"): Door(),
    ("POST", "screen/ask"): Door(),
    ("GET", "screen/walls"): page(_ARRANGE),
    ("POST", "screen/walls/pair"): page(_ARRANGE, form={"code": "000000", "name": ""}),
    ("POST", "screen/walls/<uuid:key>/revoke"): nothing(_ARRANGE, key="00000000-0000-7000-8000-000000000000"),
    ("GET", "screen/arrange"): page(_ARRANGE),
    ("POST", "screen/arrange"): page(_ARRANGE, form={"title_1": "全域", "seen": "0"}),
    ("POST", "screen/arrange/restore"): page(_ARRANGE),
}
