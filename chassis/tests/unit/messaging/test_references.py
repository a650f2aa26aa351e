"""A dead letter always fits its topic: of a record that would not, it keeps the place, the digest and both ends."""

from hashlib import sha256

import pytest

from chassis.messaging.dead_letters import dead_letter
from chassis.messaging.outgoing import Outgoing
from chassis.messaging.reading import NotReadable
from chassis.messaging.references import LARGEST_KEPT, PER_HEADER
from contracts.topics import DEAD_LETTERS
from testkit.records import FakeRecord

LONG = NotReadable("\N{SNOWMAN}" * 10_000)
BIG = 5_000_000


def bytes_of(one: Outgoing) -> int:
    headers = sum(len(name.encode()) + len(value or b"") + PER_HEADER for name, value in one.headers)
    return len(one.key or b"") + len(one.value or b"") + headers


def of(key: bytes | None, value: bytes | None, *headers: tuple[str, bytes | None]) -> Outgoing:
    return dead_letter(FakeRecord("orders.submissions", key, value, list(headers), 3, 77), "toy", LONG)


@pytest.mark.parametrize(
    "record",
    [
        FakeRecord("t", b"k", b"z" * BIG, []),
        FakeRecord("t", b"k" * BIG, b"v", []),
        FakeRecord("t", None, None, [("x", b"y" * BIG)]),
        FakeRecord("t", b"k", b"v", [("", None)] * 500_000),
        FakeRecord("t", b"k", b"v", [("ce_id", b"y" * 1_000)] * 5_000),
        FakeRecord("t", b"", b"z" * (LARGEST_KEPT - 100), [("x", b"y" * 80)]),
    ],
    ids=["value", "key", "header", "headers", "headers of one name", "as large as may be"],
)
def test_it_fits_whatever_was_large(record: FakeRecord) -> None:
    assert bytes_of(dead_letter(record, "toy", LONG)) < DEAD_LETTERS.max_message_bytes - 100


def test_it_says_where_the_record_lies_and_what_it_was() -> None:
    value = b"a" * BIG + b"b" * 2_000
    letter = of(b"order", value, ("ce_id", b"7"), ("strange", b"x" * 10))
    told = {name: held or b"" for name, held in letter.headers}
    place = (told["dl-source-topic"], told["dl-source-partition"], told["dl-source-offset"])
    assert place == (b"orders.submissions", b"3", b"77")
    assert (told["dl-value-bytes"], told["dl-key-bytes"], told["ce_id"]) == (b"5002000", b"5", b"7")
    assert told["dl-value-sha256"] == sha256(value).hexdigest().encode()
    assert (letter.key, letter.value, told["dl-value-end"]) == (b"order", b"a" * 1024, b"b" * 1024)
    assert "strange" not in told


def test_what_fits_is_kept_whole() -> None:
    letter = of(b"k", b"z" * 4_000_000, ("strange", b"x"))
    assert (len(letter.value or b""), letter.headers[0]) == (4_000_000, ("strange", b"x"))
    assert "dl-value-sha256" not in dict(letter.headers)
