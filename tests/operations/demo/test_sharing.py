"""The made-up county has requests that run and one that waits, and findings of which one grid has a task."""

from datetime import UTC, datetime

import pytest

from homes import make_building, make_dwelling, make_estate, make_person
from lianxin.foundation.accounts.models import Post
from lianxin.foundation.areas import queries as areas
from lianxin.operations.demo import making
from lianxin.operations.demo.sharing import share
from lianxin.registry.quality.models import Task
from lianxin.registry.sources.models import DataRequest

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("name", ["tongcheng", "zuoyun"])
def test_there_is_something_to_decide_and_something_to_mend(name: str) -> None:
    making.found(name, seed=1, now=NOW, told=lambda *_: None)
    post = Post.objects.filter(role_id="grid_worker").select_related("area").order_by("pk").first()
    assert post is not None
    assert post.area is not None
    grid = areas.node(post.area.pk)
    assert grid is not None
    home = make_dwelling(make_building(make_estate(grid)))
    make_person(home=home, birth_date=None)

    share(at=NOW)

    states = DataRequest.objects.order_by("pk").values_list("unit__code", "state")
    assert list(states) == [("chengguan", "approved"), ("chengguan", "approved"), ("chengguan", "asked")]
    assert Task.objects.get().grid_id == grid.id
