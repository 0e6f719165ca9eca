"""Labels stand apart, and stay where nothing is in their way."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from lianxin.faces.screen.spacing import apart

spots = st.tuples(st.floats(0, 1000), st.floats(0, 1000))


@given(st.lists(spots, min_size=2, max_size=5))
def test_a_handful_of_labels_never_covers_each_other(given_spots):
    sizes = [(104.0, 58.0)] * len(given_spots)

    found = apart(given_spots, sizes)

    for (x, y), (other_x, other_y) in combinations(found, 2):
        assert abs(x - other_x) >= 103.9 or abs(y - other_y) >= 57.9


def test_labels_with_room_stay() -> None:
    far = [(0.0, 0.0), (300.0, 0.0), (0.0, 200.0)]

    assert apart(far, [(104.0, 58.0)] * 3) == far
