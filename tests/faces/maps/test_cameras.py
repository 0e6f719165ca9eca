"""Cameras on the map: whom they are shown to, wedges only near by and only of what one sees, nothing in public."""

import pytest

import filming
from cast import Cast
from filming import NOW, OTHER_PLACE, PLACE
from lianxin.faces.maps import drawing
from lianxin.faces.maps.finding import find
from lianxin.faces.maps.layers import Look, layer_or_404, layers
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel import versions
from lianxin.kernel.errors import NotFound
from lianxin.kernel.geometry.points import Box, around
from lianxin.registry.cameras.models import Camera

pytestmark = pytest.mark.django_db
ALL = Box(116.0, 30.0, 118.0, 32.0)


def look(actor: Actor) -> Look:
    return Look(actor, NOW, versions.read())


@pytest.mark.parametrize("who", ["seat", "community_clerk", "handler_next_door", "leader"])
def test_the_map_shows_what_the_list_shows(cast: Cast, who: str) -> None:
    filming.camera(cast, 1)
    filming.camera(cast, 2, point=OTHER_PLACE)
    actor: Actor = getattr(cast, who)

    found = layer_or_404(actor, "cameras").finds(look(actor), ALL)
    assert set(found.ids.tolist()) == set(Camera.objects.visible_to(actor).values_list("pk", flat=True))
    assert layer_or_404(actor, "cameras").count(look(actor)) == len(found) > 0


@pytest.mark.parametrize("who", ["grid_worker", "resident", "verifier"])
def test_for_others_there_is_no_such_layer(cast: Cast, who: str) -> None:
    actor: Actor = getattr(cast, who)

    assert "cameras" not in {layer.code for layer in layers(actor)}
    with pytest.raises(NotFound):
        layer_or_404(actor, "cameras")


def test_a_camera_is_found_by_name_and_by_the_end_of_its_number(cast: Cast) -> None:
    filming.camera(cast, 77, name="文昌阁西")

    for words in ("文昌阁", "000077"):
        assert [one.kind for one in find(look(cast.seat), words) if one.kind == "camera"] == ["camera"]
    assert not find(look(cast.grid_worker), "文昌阁西")


def test_wedges_are_drawn_near_by_only_and_of_those_one_sees(cast: Cast) -> None:
    seen = filming.camera(cast, 1)
    filming.camera(cast, 2, bearing=None)  # nobody said which way
    filming.camera(cast, 3, point=OTHER_PLACE)
    layer, box = layer_or_404(cast.community_clerk, "cameras"), around(*PLACE, 200)

    def drawn(zoom: int, box: Box = box) -> dict[str, object]:
        return drawing.drawn(
            layer, look(cast.community_clerk), box, zoom, links=lambda _layer, _mark: {}, list_url="/list"
        )

    assert "cover" not in drawn(15)
    cover = drawn(17)["cover"]
    assert isinstance(cover, dict)
    (shape,) = cover["features"]
    assert seen.wedge is not None
    assert shape["geometry"] == {"type": "Polygon", "coordinates": [seen.wedge.ring()]}
    elsewhere = drawn(17, around(*OTHER_PLACE, 200))["cover"]
    assert elsewhere == {"type": "FeatureCollection", "features": []}
