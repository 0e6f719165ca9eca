"""Each adapter reads its format as documented, and nothing that comes in raises anything but its own refusals."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lianxin.registry.sensors.adapters import ADAPTERS, Context, Parsed, read
from lianxin.registry.sensors.counting import REASONS

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
HERE = Context(received_at=NOW, device="MH-1")


def told(code: str, content: Any, context: Context = HERE) -> list[tuple[str, dict[str, float], datetime | None]]:
    parsed = read(code, json.dumps(content).encode(), context)
    assert parsed.broken == []
    return [(one.device, dict(one.values), one.at) for one in parsed.messages]


def test_plain_reads_one_or_many_with_or_without_a_number_and_a_clock() -> None:
    one = {"device": "MH-9", "at": "2026-11-22T09:00:00+08:00", "values": {"tilt": 3.5, "is_open": True}}

    assert told("plain", one) == [("MH-9", {"tilt": 3.5, "is_open": 1.0}, AT)]
    assert told("plain", [{"values": {"tilt": 1}}, {"at": AT.timestamp(), "values": {"tilt": 2}},
                          {"at": AT.timestamp() * 1000, "values": {"tilt": 3}}]) == [
        ("MH-1", {"tilt": 1.0}, None), ("MH-1", {"tilt": 2.0}, AT), ("MH-1", {"tilt": 3.0}, AT),
    ]  # fmt: skip


def test_a_broken_item_leaves_the_others_and_says_which() -> None:
    body = json.dumps([{"values": {"tilt": 1}}, {"values": {}}, 7, {"values": {"tilt": "x"}}, {"values": {"tilt": 4}}])

    parsed = read("plain", body.encode(), HERE)

    assert parsed.items == [0, 4]
    assert [(one.index, one.reason) for one in parsed.broken] == [(1, "broken"), (2, "broken"), (3, "broken")]


@pytest.mark.parametrize(
    "topic",
    ["v1.1/Datastreams('MH-9:tilt')/Observations", "Datastreams(MH-9:tilt)/Observations",
     "v1.1/Datastreams(%27MH-9%3Atilt%27)/Observations"],
)  # fmt: skip
def test_sensorthings_names_the_datastream_in_its_path(topic: str) -> None:
    context = Context(received_at=NOW, topic=topic, system="frost")
    content = {"phenomenonTime": "2026-11-22T01:00:00.000Z", "resultTime": None, "result": 3.5}

    assert told("sensorthings", content, context) == [("MH-9", {"tilt": 3.5}, AT)]


def test_sensorthings_names_it_in_the_observation_and_in_data_arrays() -> None:
    stream = {"Datastream": {"@iot.id": "MH-9:tilt"}}
    array = {
        **stream,
        "components": ["phenomenonTime", "result"],
        "dataArray@iot.count": 2,
        "dataArray": [["2026-11-22T00:00:00Z/2026-11-22T01:00:00Z", 1], [None, 2]],
    }

    assert told("sensorthings", {**stream, "result": 3}) == [("MH-9", {"tilt": 3.0}, None)]
    assert told("sensorthings", [array]) == [("MH-9", {"tilt": 1.0}, AT), ("MH-9", {"tilt": 2.0}, None)]


def test_senml_resolves_base_fields_and_joins_what_is_of_one_instant() -> None:
    pack = [
        {"bn": "urn:dev:mac:0024befffe804ff1:", "bt": AT.timestamp(), "bu": "deg", "bv": 1, "n": "tilt", "v": 2.5},
        {"n": "is_open", "vb": True},
        {"n": "tilt", "t": -60, "v": 0},
        {"bn": "MH-9/", "bt": 0, "n": "battery", "u": "%EL", "v": 80},
        {"n": "battery", "t": -30, "v": 81},
    ]

    device = "urn:dev:mac:0024befffe804ff1"
    assert told("senml", pack) == [
        (device, {"tilt": 3.5, "is_open": 1.0}, AT),
        (device, {"tilt": 1.0}, AT - timedelta(minutes=1)),
        ("MH-9", {"battery": 81.0}, None),
        ("MH-9", {"battery": 82.0}, NOW - timedelta(seconds=30)),
    ]


@pytest.mark.parametrize(
    "pack", [[{"n": "tilt", "vs": "far"}], [{"bver": 99, "n": "tilt", "v": 1}], [{"n": "a", "x_": 1, "v": 1}]]
)
def test_senml_refuses_what_it_must_not_pass_over(pack: Any) -> None:
    parsed = read("senml", json.dumps(pack).encode(), HERE)

    assert (parsed.messages, [one.reason for one in parsed.broken]) == ([], ["broken"])


def test_chirpstack_reads_what_the_codec_decoded_and_how_strong_it_was_heard() -> None:
    up = {
        "deduplicationId": "3ac7e3c4-4401-4b8d-9386-a5c902f9202d",
        "time": "2026-11-22T01:00:00.688878229+00:00",
        "deviceInfo": {"applicationName": "manholes", "deviceName": "near the market", "devEui": "0101010101010101"},
        "fCnt": 10, "fPort": 1, "data": "qrs=",
        "object": {"tilt": 3.5, "is_open": False, "firmware": "1.4"},
        "rxInfo": [{"gatewayId": "0a", "rssi": -101, "snr": 2.1}, {"gatewayId": "0b", "rssi": -87, "snr": 9}],
    }  # fmt: skip
    info = {key: up[key] for key in ("time", "deviceInfo")}
    status = {
        **info,
        "margin": 10,
        "externalPowerSource": False,
        "batteryLevelUnavailable": False,
        "batteryLevel": 75.5,
    }
    when = AT + timedelta(microseconds=688_878)

    assert told("chirpstack", up) == [("0101010101010101", {"tilt": 3.5, "is_open": 0.0, "signal": -87.0}, when)]
    assert told("chirpstack", status) == [("0101010101010101", {"battery": 75.5}, when)]
    assert told("chirpstack", {**status, "batteryLevelUnavailable": True}) == [("0101010101010101", {}, when)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from(["MH-1:tilt", "2026-11-22T09:00:00Z", "9999-12-31T23:59:59-23:59", "result", "tilt"]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(
        st.text(max_size=6) | st.sampled_from(
            ["device", "at", "values", "tilt", "result", "phenomenonTime", "Datastream", "@iot.id", "components",
             "dataArray", "bn", "bt", "bv", "n", "t", "v", "vb", "deviceInfo", "devEui", "object", "rxInfo", "rssi",
             "time", "batteryLevel"]
        ), inner, max_size=6,
    ),
    max_leaves=20,
)  # fmt: skip


def _is_sound(parsed: Parsed, sizes: Sequence[int] = ()) -> None:
    assert len(parsed.messages) == len(parsed.items)
    assert all(one.device and (one.at is None or one.at.tzinfo) for one in parsed.messages)
    assert all(isinstance(value, float) for one in parsed.messages for value in one.values.values())
    assert all(one.reason in REASONS and one.sentence for one in parsed.broken)


@pytest.mark.parametrize("code", ADAPTERS)
@given(content=JSON, topic=st.text(max_size=20) | st.just("Datastreams('A:b')/Observations"))
@example(content=[{"bn": "MH-1:", "n": "tilt", "v": 1e308, "bv": 1e308}], topic="")
@example(content={"at": 1e18, "values": {"tilt": 1}}, topic="")
@example(content={"at": "0001-01-01T00:00:00+14:00", "values": {"tilt": 10**400}}, topic="")
def test_no_json_breaks_an_adapter(code: str, content: Any, topic: str) -> None:
    _is_sound(read(code, json.dumps(content).encode(), Context(received_at=NOW, device="MH-1", topic=topic)))


@pytest.mark.parametrize("code", ADAPTERS)
@given(body=st.binary(max_size=60))
@example(body=b"[" * 100_000)
@example(body=b"1" * 10_000)
@example(body=b'"\xed\xa0\x80"')
@example(body=b"[" + b"{}," * 6_000 + b"{}]")
def test_no_bytes_break_an_adapter(code: str, body: bytes) -> None:
    _is_sound(read(code, body, HERE))
