"""An alarm as boards hear of it: its key and level, for its place and its device's units, and nothing else."""

import json

from lianxin.faces.live.events import event_of
from lianxin.foundation.accounts.actor import Scope

FACTS = {
    "key": "0cd9de02", "street_id": 1, "community_id": 2, "grid_id": 3, "units": [7], "fault": "cover", "level": 4,
    "value": 41.0, "note": "不外传",
}  # fmt: skip


def test_an_alarm_is_told_where_it_is_and_to_whose_device_it_is() -> None:
    event = event_of((9, "alarm", "open", "", "", 1, "{}", json.dumps(FACTS), None, None, None, None, None, None))

    told = json.loads(event.text.decode().split("data: ")[1])
    assert told == {"feed": 9, "key": "0cd9de02", "action": "alarm.open", "level": 4}
    assert event.is_for(Scope(grid_ids=frozenset({3})))
    assert event.is_for(Scope(unit_ids=frozenset({7})))
    assert event.is_for(Scope(everywhere=True))
    assert not event.is_for(Scope(grid_ids=frozenset({4}), unit_ids=frozenset({8})))
