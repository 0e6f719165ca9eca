"""CAP 1.2: what is written is read again the same, stands by the standard's rules, and nothing hostile gets through."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from lxml import etree

from casework import NOW
from lianxin.work.warnings import cap
from lianxin.work.warnings.cap import Alert, Area, Circle, Fault, Faulty, Geocode, Info, Reference
from lianxin.work.warnings.cap import message as words
from lianxin.work.warnings.cap.message import Resource, Value
from weathering import after, alert, box

# The order of the standard's schema, and what may come more than once (*) or must come (+ at least once, ! once).
ORDER = {
    "alert": "identifier! sender! sent! status! msgType! source scope restriction addresses code* note references "
    "incidents info*",
    "info": "language category+ event! responseType* urgency! severity! certainty! audience eventCode* effective onset "
    "expires senderName headline description instruction web contact parameter* resource* area*",
    "resource": "resourceDesc! mimeType! size uri derefUri digest",
    "area": "areaDesc! polygon* circle* geocode* altitude ceiling",
    "eventCode": "valueName! value!",
    "parameter": "valueName! value!",
    "geocode": "valueName! value!",
}


def as_the_standard_says(node: Any) -> None:
    """Check names, order and number of a message's elements against the standard."""
    name = etree.QName(node)
    assert name.namespace == "urn:oasis:names:tc:emergency:cap:1.2"
    if name.localname not in ORDER:
        assert len(node) == 0
        assert (node.text or "").strip(), f"{name.localname} is empty"
        return
    rules = ORDER[name.localname].split()
    places = {rule.strip("*+!"): place for place, rule in enumerate(rules)}
    found = [etree.QName(child).localname for child in node]
    assert [places[each] for each in found] == sorted(places[each] for each in found)
    for rule in rules:
        count = found.count(rule.strip("*+!"))
        assert count <= 1 or rule[-1] in "*+"
        assert count >= 1 or rule[-1] not in "+!"
    for child in node:
        as_the_standard_says(child)


_texts = some.text(some.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=20)
said = _texts.map(str.strip).filter(bool)
maybe = some.just("") | said
names = some.text("abcdefghijklmnopqrstuvwxyz0123456789@.-_:/中文", min_size=1, max_size=20)
instants = some.integers(1_000_000_000, 4_000_000_000).map(
    lambda second: datetime.fromtimestamp(second, tz=UTC if second % 2 else timezone(timedelta(hours=8)))
)
degrees = some.integers(-89_000_000, 89_000_000).map(lambda number: number / 1_000_000)
points = some.tuples(degrees, degrees)
rings = some.lists(points, min_size=3, max_size=6).map(lambda ring: (*ring, ring[0]))


def many(one: some.SearchStrategy[Any], most: int = 2) -> some.SearchStrategy[tuple[Any, ...]]:
    return some.lists(one, max_size=most).map(tuple)


values = some.builds(Value, said, said)
areas = some.builds(
    Area, said, many(rings), many(some.builds(Circle, degrees, degrees, some.integers(0, 9999).map(lambda n: n / 10))),
    many(some.builds(Geocode, said, said)), some.none(), some.none(),
) | some.builds(Area, said, altitude=some.just(100.5), ceiling=some.none() | some.just(300.0))  # fmt: skip
infos = some.builds(
    Info, event=said, urgency=some.sampled_from(words.URGENCIES), severity=some.sampled_from(words.SEVERITIES),
    certainty=some.sampled_from(words.CERTAINTIES), language=some.sampled_from(["zh-CN", "en-US"]),
    categories=some.lists(some.sampled_from(words.CATEGORIES), min_size=1, max_size=3).map(tuple),
    responses=many(some.sampled_from(words.RESPONSES)), audience=maybe, event_codes=many(values),
    effective=some.none() | instants, onset=some.none() | instants, expires=some.none() | instants, sender_name=maybe,
    headline=maybe, description=maybe, instruction=maybe, web=maybe, contact=maybe, parameters=many(values),
    resources=many(some.builds(Resource, said, said, some.none() | some.integers(0, 10**9), maybe, maybe)),
    areas=many(areas),
)  # fmt: skip
references = some.lists(some.builds(Reference, names, names, instants), min_size=1, max_size=3, unique=True).map(tuple)
alerts = some.builds(
    Alert, names, names, instants, some.sampled_from(words.STATUSES), some.sampled_from(words.MSG_TYPES),
    scope=some.sampled_from(words.SCOPES), source=maybe, restriction=said, addresses=said, codes=many(said),
    note=maybe, references=references, incidents=maybe, infos=some.lists(infos, min_size=1, max_size=3).map(tuple),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(alerts)
def test_what_is_written_is_read_again_the_same(message: Alert) -> None:
    written = cap.write(message)

    assert cap.read(written) == message
    root = etree.fromstring(written)
    as_the_standard_says(root)
    for name in ("sent", "effective", "onset", "expires"):
        for node in root.iter(f"{{{words.NAMESPACE}}}{name}"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", node.text)
    assert cap.write(cap.read(written)) == written


def test_instants_bear_the_places_own_offset() -> None:
    written = cap.write(alert(box(117, 31, 117.1, 31.1), sent=datetime(2026, 11, 22, 6, 5, 9, tzinfo=UTC))).decode()

    assert "<sent>2026-11-22T14:05:09+08:00</sent>" in written
    assert "<polygon>31,117 31,117.1 31.1,117.1 31.1,117 31,117</polygon>" in written


def test_what_xml_cannot_hold_is_left_out() -> None:
    written = cap.write(alert(name="a", headline="暴雨\x0b\ud800\uffff预警\x00"))

    assert cap.read(written).infos[0].headline == "暴雨预警"


def faults(text: str) -> dict[str, str]:
    """Return what a document is refused for, by element."""
    with pytest.raises(Faulty) as found:
        cap.read(text.encode())
    assert found.value.faults
    assert all(isinstance(each, Fault) and each.sentence.endswith("。") for each in found.value.faults)
    return found.value.fields


def said_with(old: str, new: str) -> str:
    """Return the usual message with something else in it."""
    usual = cap.write(alert(box(117, 31, 117.1, 31.1), name="a1")).decode()
    assert old in usual
    return usual.replace(old, new)


class TestFaults:
    @pytest.mark.parametrize(
        ("old", "new", "element"),
        [
            ("<identifier>a1</identifier>", "", "identifier"),
            ("<identifier>a1</identifier>", "<identifier>a 1</identifier>", "identifier"),
            ("<status>Actual</status>", "<status>Real</status>", "status"),
            ("<msgType>Alert</msgType>", "<msgType>Cancel</msgType>", "references"),
            ("<msgType>Alert</msgType>", "<msgType>Alert</msgType><references>a,b</references>", "references"),
            ("<scope>Public</scope>", "<scope>Restricted</scope>", "restriction"),
            ("<scope>Public</scope>", "<scope>Private</scope>", "addresses"),
            ("<severity>Moderate</severity>", "<severity>黄</severity>", "severity"),
            ("<event>暴雨</event>", "", "event"),
            ("<event>暴雨</event>", "<event>暴雨</event><event>雷电</event>", "event"),
            ("<category>Met</category>", "", "category"),
            ("<areaDesc>画出的范围</areaDesc>", "", "areaDesc"),
            ("<areaDesc>画出的范围</areaDesc>", "<areaDesc>x</areaDesc><ceiling>3</ceiling>", "ceiling"),
            ("31,117 31,117.1 31.1,117.1 31.1,117", "31,117 31,117.1", "polygon"),
            ("31,117 31,117.1", "31.5,117 31,117.1", "polygon"),
            ("31,117 31,117.1", "117,31 nan,117.1", "polygon"),
            ("</polygon>", "</polygon><circle>31,117 -1</circle>", "circle"),
            ("</polygon>", "</polygon><circle>31,117</circle>", "circle"),
            ("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1", "alert"),
            ("</alert>", "", "alert"),
        ],
    )  # fmt: skip
    def test_each_names_its_element(self, old: str, new: str, element: str) -> None:
        assert element in faults(said_with(old, new))

    @pytest.mark.parametrize("when", ["2026-11-22T14:05:09Z", "2026-11-22 14:05:09+08:00", "2026-13-22T14:05:09+08:00",
                                      "9999-11-22T14:05:09+08:00", "昨天"])  # fmt: skip
    def test_an_instant_needs_its_offset_in_figures(self, when: str) -> None:
        sent = cap.references.write_instant(NOW)
        assert "Z" in faults(said_with(f"<sent>{sent}</sent>", f"<sent>{when}</sent>"))["sent"]

    def test_all_are_told_at_once(self) -> None:
        bare = '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><info/></alert>'

        assert {"identifier", "sender", "sent", "status", "msgType", "category", "event", "urgency"} <= set(
            faults(bare)
        )


class TestHostile:
    def test_no_entity_is_ever_declared(self, tmp_path: Any) -> None:
        secret = tmp_path / "secret"
        secret.write_text("geheim")
        laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))

        for dtd in (f'<!ENTITY x SYSTEM "file://{secret}">', f'<!ENTITY l0 "ha">{laughs}', ""):
            document = f'<!DOCTYPE alert [{dtd}]><alert xmlns="{words.NAMESPACE}"><identifier>&x;</identifier></alert>'
            assert set(faults(document)) == {"DOCTYPE"}

    def test_an_entity_out_of_nowhere_is_no_xml(self) -> None:
        assert set(faults(said_with("a1", "&secret;"))) == {"alert"}

    @pytest.mark.parametrize("name", ["utf-16", "utf-7", "ebcdic-cp-us"])
    def test_other_encodings_are_refused(self, name: str) -> None:
        assert set(faults(f'<?xml version="1.0" encoding="{name}"?><alert/>')) == {"alert"}

    def test_a_chinese_encoding_is_read(self) -> None:
        usual = said_with("UTF-8", "GB2312") if "UTF-8" in said_with("a1", "a1") else ""
        assert cap.read(usual.encode("gb18030")).infos[0].event == "暴雨"

    @settings(max_examples=300, deadline=None)
    @given(some.binary(max_size=200) | some.text(max_size=200).map(lambda text: f"<alert>{text}</alert>".encode(
        errors="replace")))  # fmt: skip
    def test_garbage_is_only_ever_refused(self, garbage: bytes) -> None:
        with pytest.raises(Faulty):
            cap.read(garbage)

    @settings(max_examples=200, deadline=None)
    @given(some.data())
    def test_a_message_with_bytes_turned_is_read_or_refused(self, data: Any) -> None:
        written = bytearray(cap.write(after(alert(name="a"), name="b")))
        for _turn in range(data.draw(some.integers(1, 6))):
            written[data.draw(some.integers(0, len(written) - 1))] = data.draw(some.integers(0, 255))
        with suppress(Faulty):
            assert isinstance(cap.read(bytes(written)), Alert)
