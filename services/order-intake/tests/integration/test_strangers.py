"""What strangers write costs little: unreadable records share the transaction of their poll with all that is in it."""

import re
from typing import Any

import pytest

from order_intake.application.strange_records import FEW
from testkit.records import FakeRecord

from .desk import Desk
from .portal import Submission, orders

pytestmark = pytest.mark.integration
MANY = re.compile(r"(\d+) records from offset \d+ to \d+")
BATCH = 500  # what one poll brings at most
TRANSACTIONS = "SELECT count(DISTINCT xmin::text) FROM (SELECT xmin FROM outbox UNION ALL SELECT xmin FROM orders) AS w"


def unreadable(number: int) -> FakeRecord:
    kinds: list[tuple[bytes | None, list[tuple[str, bytes | None]]]] = [
        (b"\xff\xfe not json", [("ce_type", b"\xc3\x28"), ("nothing", None)]),
        (None, []),
        (b"{}", [("ce_id", b"p"), ("ce_source", b"t"), ("ce_type", b"no.Such.v1"), ("ce_specversion", b"1.0")]),
        (b"{}", [("ce_id", b"x" * 5_000), ("ce_source", b"t"), ("ce_type", b"y"), ("ce_specversion", b"1.0")]),
    ]
    value, headers = kinds[number % len(kinds)]
    return FakeRecord("orders.submissions", b"k%d" % number, value, headers)


async def test_a_thousand_unreadable_records_cost_a_transaction_for_each_poll(
    desk: Desk,
    submission: Submission,
) -> None:
    records = [unreadable(number) for number in range(2 * BATCH - 2)]
    records.insert(100, submission("s-1"))
    records.insert(700, submission("s-2", external_id="PO-2", enterprise="Another"))
    for first in (0, BATCH):
        await desk.deliver(*records[first : first + BATCH])
    assert await desk.pool.fetchval(TRANSACTIONS) == 2
    assert await orders(desk) == [("p-ada", "PO-1"), ("p-ada", "PO-2")]
    buried: list[Any] = [one for one in await desk.published() if one.topic == "dead-letters"]
    assert {one.texts["dl-error-code"] for one in buried} == {"message-not-readable"}
    told = [one.texts["dl-error-message"] for one in buried]
    assert [MANY.findall(one) for one in told] == [["499"], ["499"]]
    assert [one.value for one in buried] == [records[0].value, records[BATCH].value]


async def test_few_unreadable_records_are_a_dead_letter_each(desk: Desk) -> None:
    records = [unreadable(number) for number in range(FEW)]
    await desk.deliver(*records)
    buried: list[Any] = [one for one in await desk.published() if one.topic == "dead-letters"]
    assert [one.value for one in buried] == [record.value for record in records]


async def test_unreadable_records_on_our_own_topics_share_a_transaction_too(desk: Desk) -> None:
    records = [unreadable(number) for number in range(BATCH)]
    for one in records:
        one.topic = "orders.replies"
    await desk.deliver(*records)
    assert await desk.pool.fetchval(TRANSACTIONS) == 1
    assert len(await desk.published()) == BATCH
