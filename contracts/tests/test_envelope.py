"""Headers to Envelope and back, and what a record may lack."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from contracts.envelope import HEADERS_REQUIRED, Envelope, NotAnEvent

ENVELOPE = Envelope(
    id="0d3f1a",
    type="dialtone.numbers.NumbersReserved.v1",
    source="did-inventory",
    key="order-1",
    time=datetime(2026, 11, 16, 15, 4, 5, 250_000, tzinfo=UTC),
    causation="9b2c4e",
    saga="order-1:1",
    step="reserve numbers",
    direction="do",
    traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    extra={"ce_sequence": "7", "tracestate": "vendor=1"},
)
Raw = list[tuple[str, bytes | None]]


def raw(envelope: Envelope, **changed: bytes | None) -> Raw:
    headers: dict[str, bytes | None] = {name: text.encode() for name, text in envelope.headers().items()}
    return list({**headers, **changed}.items())


def without(name: str) -> Raw:
    return [header for header in raw(ENVELOPE) if header[0] != name]


@pytest.mark.parametrize(
    "envelope",
    [
        ENVELOPE,
        replace(ENVELOPE, causation="", saga="", step="", direction="", traceparent="", extra={}),
        replace(ENVELOPE, key="Zürich 7", step="réserver"),
        replace(ENVELOPE, time=datetime(2026, 11, 16, 10, 4, tzinfo=timezone(timedelta(hours=-5)))),
    ],
)
def test_headers_and_key_give_the_envelope_back(envelope: Envelope):
    assert Envelope.of(raw(envelope), envelope.key.encode()) == envelope


def test_headers_are_spelled_as_the_kafka_binding_says():
    assert ENVELOPE.headers() == {
        "ce_id": "0d3f1a",
        "ce_source": "did-inventory",
        "ce_type": "dialtone.numbers.NumbersReserved.v1",
        "ce_specversion": "1.0",
        "ce_time": "2026-11-16T15:04:05.250000Z",
        "ce_subject": "order-1",
        "ce_partitionkey": "order-1",
        "ce_causationid": "9b2c4e",
        "ce_sagaid": "order-1:1",
        "ce_step": "reserve numbers",
        "ce_direction": "do",
        "content-type": "application/json",
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "ce_sequence": "7",
        "tracestate": "vendor=1",
    }


def test_attributes_that_say_nothing_are_not_sent():
    plain = replace(ENVELOPE, causation="", saga="", step="", direction="", traceparent="")
    assert not {"ce_causationid", "ce_sagaid", "ce_step", "ce_direction", "traceparent"} & plain.headers().keys()


@pytest.mark.parametrize("name", HEADERS_REQUIRED)
def test_a_record_without_a_required_header_is_no_event_and_the_header_is_named(name: str):
    with pytest.raises(NotAnEvent, match=name):
        Envelope.of(without(name), b"order-1")


@pytest.mark.parametrize("value", [None, b"", b" ", b"\t", "\u3000".encode(), "\u200b".encode()])
def test_a_required_header_that_is_null_or_shows_nothing_is_a_missing_one(value: bytes | None):
    with pytest.raises(NotAnEvent, match="missing header ce_id"):
        Envelope.of(raw(ENVELOPE, ce_id=value), b"order-1")


@pytest.mark.parametrize("name", ["ce_id", "ce_step", "ce_anything"])
def test_an_attribute_that_is_not_utf8_makes_it_no_event(name: str):
    with pytest.raises(NotAnEvent, match=f"{name} is not UTF-8"):
        Envelope.of(raw(ENVELOPE, **{name: b"\xff\xfe"}), b"order-1")


@pytest.mark.parametrize("value", [b"0d3f1a", b"other", b"\xff", None])
def test_an_attribute_that_is_there_twice_makes_it_no_event(value: bytes | None):
    for headers in ([*raw(ENVELOPE), ("ce_id", value)], [("ce_id", value), *raw(ENVELOPE)]):
        with pytest.raises(NotAnEvent, match="ce_id is"):
            Envelope.of(headers, b"order-1")


def test_no_value_of_another_header_that_is_there_twice_counts():
    twice: Raw = [*raw(ENVELOPE), ("traceparent", b"00-1"), ("signature", b"a"), ("signature", b"b")]
    read = Envelope.of(twice, b"order-1")
    assert (read.traceparent, read.extra) == ("", ENVELOPE.extra)
    assert read.unclear == {"traceparent": "is there more than once", "signature": "is there more than once"}


def test_a_record_with_no_headers_at_all_is_no_event():
    with pytest.raises(NotAnEvent, match="ce_id, ce_source, ce_type, ce_specversion"):
        Envelope.of([], None)


def test_another_header_that_is_not_utf8_is_left_out():
    read = Envelope.of(raw(ENVELOPE, tracestate=b"\xff"), b"order-1")
    assert (read.extra, read.unclear) == ({"ce_sequence": "7"}, {"tracestate": "is not UTF-8"})


def test_an_optional_header_that_is_null_is_empty():
    read = Envelope.of(raw(ENVELOPE, traceparent=None), b"order-1")
    assert read.traceparent == ""


def test_only_version_1_0_is_read():
    with pytest.raises(NotAnEvent, match=r"only 1\.0 is read"):
        Envelope.of(raw(ENVELOPE, ce_specversion=b"0.3"), b"order-1")


def test_an_id_that_no_index_would_keep_is_no_event_and_the_limit_is_named():
    with pytest.raises(NotAnEvent, match="301 characters; at most 300"):
        Envelope.of(raw(ENVELOPE, ce_id=b"x" * 301), b"order-1")


def test_a_time_that_is_no_time_is_no_event():
    with pytest.raises(NotAnEvent, match="RFC 3339"):
        Envelope.of(raw(ENVELOPE, ce_time=b"yesterday"), b"order-1")


def test_a_portal_may_leave_out_the_time_and_times_still_compare():
    read = Envelope.of(without("ce_time"), b"order-1")
    assert read.time < ENVELOPE.time


def test_the_record_key_wins_over_the_partition_key_header():
    assert Envelope.of(raw(ENVELOPE, ce_partitionkey=b"other"), b"order-1").key == "order-1"


def test_without_a_record_key_the_partition_key_header_is_taken():
    assert Envelope.of(raw(ENVELOPE), None).key == "order-1"
    assert Envelope.of(without("ce_partitionkey"), None).key == ""


def test_a_record_key_that_is_not_utf8_is_still_a_key():
    assert Envelope.of(raw(ENVELOPE), b"\xff1").key == "\N{REPLACEMENT CHARACTER}1"
