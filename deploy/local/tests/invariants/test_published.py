"""How lines are read off the topic, as releases with and without a ledger have published them."""

import json
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from contracts.catalog import BillingActivated, ChargeLine, ChargesPosted
from dialtone.invariants import published
from dialtone.invariants.catalog_rows import PublishedLine

from .made import START, a_posting, a_published_line, a_subscription

LINE = ChargeLine(
    line=2,
    item_id="1",
    package="Enterprise Standard",
    kind="MRC",
    quantity=-3,
    unit_price=Decimal("9.95"),
    from_date=START,
    to_date=date(2026, 2, 1),
    days=27,
    days_in_period=31,
    amount=Decimal("-26.00"),
    posting=9,
)
WHOSE = {"order_id": "o-1", "partner_id": "p-1", "customer_id": "c-1", "lines": (LINE,)}
POSTING = a_posting(9, a_subscription(1, "o-1", "1"), "8.67")


def record(value: bytes) -> Any:
    return SimpleNamespace(value=value, headers=[("ce_id", b"1")])


@pytest.mark.parametrize(
    "event",
    [
        ChargesPosted(**WHOSE, reason="change"),
        BillingActivated(**WHOSE, price_book="standard", billing_start=START),
    ],
)
def test_a_line_is_told_apart_by_its_number_in_the_ledger(event: ChargesPosted | BillingActivated) -> None:
    (line,) = published._lines_of(record(event.encode()))
    assert line == PublishedLine("o-1", 2, START, -3, 9)
    assert line.key == 9


def test_a_line_of_before_the_ledger_is_told_apart_by_what_it_says() -> None:
    event = json.loads(ChargesPosted(**WHOSE, reason="delivery").encode())
    del event["lines"][0]["posting"]
    (line,) = published._lines_of(record(json.dumps(event).encode()))
    assert line.key == ("o-1", 2, START, -3)


class Topic(published.Published):
    """One that has more on it with every look."""

    def __init__(self, *looks: list[PublishedLine]) -> None:
        self.looks = list(looks)

    async def lines(self) -> list[PublishedLine]:
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]


NUMBERED, UNNUMBERED = a_published_line(POSTING), a_published_line(POSTING, posting=None)
OTHER = a_published_line(POSTING, posting=8)


@pytest.mark.parametrize("there", [NUMBERED, UNNUMBERED])
async def test_what_is_on_its_way_is_waited_for(there: PublishedLine) -> None:
    topic = Topic([], [OTHER], [OTHER, there])
    assert await topic.lines_with([POSTING], patience=10) == [OTHER, there]


async def test_what_does_not_come_is_not_waited_for_for_ever() -> None:
    topic = Topic([], [OTHER])
    assert await topic.lines_with([POSTING], patience=0.3) == [OTHER]


async def test_where_nothing_is_missing_nothing_is_waited_for() -> None:
    topic = Topic([OTHER], [NUMBERED])
    assert await topic.lines_with([], patience=10) == [OTHER]
