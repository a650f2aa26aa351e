"""What breaks invariant 3 for the ledger itself."""

from datetime import date
from decimal import Decimal
from typing import Any

from ..changes import Break, Change, edit
from ..made import FEBRUARY, MARCH, NOW, PROVEN, START, a_posting, a_reversal, midnight

APRIL = date(2026, 4, 1)
BY_HAND = {"subscription_id": None, "reason": "manual"}


def posting(number: int, **changes: Any) -> Change:
    return lambda at: edit(at.postings, {"posting": number}, **changes)


def subscription(number: int, **changes: Any) -> Change:
    return lambda at: edit(at.subscriptions, {"subscription_id": number}, **changes)


def both(*changes: Change) -> Change:
    return lambda at: [change(at) for change in changes]


def post_more(of: int, amount: str, **changes: Any) -> Change:
    return lambda at: at.postings.append(a_posting(15, at.subscriptions[of - 1], amount, **changes))


def reverse_more(stale: int, **changes: Any) -> Change:
    return lambda at: at.postings.append(a_reversal(15, at.postings[stale - 1], **changes))


def by_hand(days: int, until: date, text: str) -> Change:
    """Another posting for so many days of a period of 31, or of as many if they are more."""
    changes = {"to_date": until, "days": days, "days_in_period": max(days, 31)}
    return post_more(1, text, quantity=1, **changes, **BY_HAND)


def seats_for(days: int | None, whole: int | None, until: date | None, amount: str) -> Change:
    """The second month of subscription 1 is posted so."""
    to = until or date(2026, 2, 2)
    posted = posting(10, days=days, days_in_period=whole, to_date=until, amount=Decimal(amount))
    return both(posted, subscription(1, posted_to=to, due_at=midnight(to)))


def amount(number: int, text: str) -> Change:
    return posting(number, amount=Decimal(text))


POSTINGS = [
    Break("3d", "posting 10 of hosted has the amount 19.91 and comes to 19.90", amount(10, "19.91")),
    Break("3d", "posting 1 of hosted has the amount 17.32 and comes to 17.33", amount(1, "17.32")),
    Break("3d", "posting 1 of hosted has the amount -17.33 and comes to 17.33", amount(1, "-17.33")),
    Break("3d", "posting 4 of hosted has the amount 0.00 and comes to 75.00", amount(4, "0.00")),
    Break(
        "3d",
        "posting 10 of hosted is for 27 of 28 days, from 2026-02-01 to 2026-03-01",
        seats_for(27, 28, MARCH, "19.19"),
    ),
    Break(
        "3d",
        "posting 10 of hosted is for 59 of 59 days, from 2026-02-01 to 2026-04-01",
        seats_for(59, 59, APRIL, "19.90"),
    ),
    Break(
        "3d",
        "posting 10 of hosted is for 29 of 28 days, from 2026-02-01 to 2026-03-02",
        seats_for(29, 28, date(2026, 3, 2), "20.61"),
    ),
    Break(
        "3d",
        "posting 10 of hosted is for 14 of 14 days, from 2026-02-01 to 2026-02-15",
        seats_for(14, 14, date(2026, 2, 15), "19.90"),
    ),
    Break(
        "3d",
        "posting 10 of hosted is for None of None days, from 2026-02-01 to None",
        seats_for(None, None, None, "19.90"),
    ),
    Break(
        "3d",
        "posting 10 of hosted is for None of 28 days, from 2026-02-01 to 2026-03-01",
        seats_for(None, 28, MARCH, "19.90"),
    ),
    Break(
        "3d",
        "posting 10 of hosted is for 28 of None days, from 2026-02-01 to 2026-03-01",
        seats_for(28, None, MARCH, "19.90"),
    ),
    Break(
        "3d",
        "posting 10 of hosted is for 28 of 0 days, from 2026-02-01 to 2026-03-01",
        seats_for(28, 0, MARCH, "19.90"),
    ),
    Break(
        "3d",
        "posting 10 of hosted is for 28 of 28 days, from 2026-02-01 to None",
        seats_for(28, 28, None, "19.90"),
    ),
    Break(
        "3d",
        "posting 15 of hosted is for 0 of 31 days, from 2026-01-05 to 2026-01-05",
        by_hand(0, START, "0.00"),
    ),
    Break(
        "3d",
        "posting 15 of hosted is for 32 of 32 days, from 2026-01-05 to 2026-02-06",
        by_hand(32, date(2026, 2, 6), "9.95"),
    ),
    Break(
        "3d",
        "posting 8 of faxing is for None of None days, from 2026-01-15 to 2026-01-16",
        posting(8, to_date=date(2026, 1, 16)),
    ),
    Break(
        "3d",
        "posting 8 of faxing is for 1 of 31 days, from 2026-01-15 to 2026-01-16",
        posting(8, days=1, days_in_period=31, to_date=date(2026, 1, 16), amount=Decimal("0.81")),
    ),
    Break("3d", "posting 15 of trunking reverses 99, which cannot be reversed", reverse_more(14, reverses=99)),
    Break("3d", "posting 15 of hosted reverses 3, which cannot be reversed", reverse_more(3)),
    Break("3d", "posting 3 of hosted is not the exact negative of 2", posting(3, from_date=START)),
    Break(
        "3d",
        "posting 3 of hosted is not the exact negative of 2",
        posting(3, quantity=-2, amount=Decimal("-150.00")),
    ),
    Break(
        "3d",
        "posting 3 of hosted is not the exact negative of 2",
        posting(3, unit_price=Decimal("74.00"), amount=Decimal("-74.00")),
    ),
    Break(
        "3d",
        "posting 3 of hosted is not the exact negative of 2",
        posting(3, quantity=1, amount=Decimal("75.00")),
    ),
    Break("3d", "posting 3 of hosted is not the exact negative of 2", posting(3, customer_id="c-trunking")),
    Break("3d", "posting 2 was reversed 2 times", reverse_more(2)),
]
LEDGER = [
    Break("3d", "posting 14 is missing in the ledger", posting(14, posting=15)),
    Break("3d", "posting 1 is missing in the ledger", posting(1, posting=15)),
    Break("3d", "posting 8 of faxing is not what subscription 6 charges", posting(8, package="Late Fee")),
    Break("3d", "posting 8 of faxing is not what subscription 6 charges", posting(8, item_id="1")),
    Break("3d", "posting 8 of hosted is not what subscription 6 charges", posting(8, order_id="hosted")),
    Break("3d", "posting 8 of faxing is not what subscription 6 charges", posting(8, kind="usage")),
    Break("3d", "posting 8 of faxing is not what subscription 6 charges", posting(8, customer_id="c-trunking")),
    Break("3d", "posting 8 of faxing is not what subscription 6 charges", posting(8, partner_id="p-2")),
    Break(
        "3d",
        "posting 8 of faxing is not what subscription 6 charges",
        posting(8, quantity=2, amount=Decimal("50.00")),
    ),
    Break(
        "3d",
        "posting 8 of faxing is not what subscription 6 charges",
        posting(8, unit_price=Decimal("24.00"), amount=Decimal("24.00")),
    ),
    *(
        Break("3d", "posting 15 of faxing has no subscription", post_more(6, "25.00", subscription_id=None, reason=why))
        for why in ("start", "delivery", "recurring")
    ),
    Break("3d", "posting 15 of faxing has no subscription", post_more(6, "25.00", subscription_id=99)),
    Break("3d", "posting 15 of faxing has no subscription", post_more(6, "25.00", subscription_id=99, reason="end")),
]
TILES = [
    Break(
        "3d",
        "posting 15 of hosted begins on 2026-02-01, not on 2026-03-01",
        post_more(1, "19.90", from_date=FEBRUARY),
    ),
    Break("3d", "posting 10 of hosted begins on 2026-02-01, not on 2026-01-05", posting(1, **BY_HAND)),
    Break(
        "3d",
        "posting 9 of trunking begins on 2026-01-05, not on 2026-01-12",
        subscription(7, from_date=PROVEN),
    ),
    Break(
        "3d",
        "subscription 1 of hosted is posted to 2026-04-01 and its postings reach 2026-03-01",
        subscription(1, posted_to=APRIL),
    ),
    Break(
        "3d",
        "subscription 1 of hosted is posted to 2026-02-01 and its postings reach 2026-03-01",
        subscription(1, posted_to=FEBRUARY),
    ),
    Break(
        "3d",
        "subscription 6 of faxing is posted to 2026-01-16 and its postings reach 2026-01-15",
        posting(8, **BY_HAND),
    ),
    Break(
        "3d",
        "subscription 7 of trunking is posted to 2026-03-01 and its postings reach 2026-02-01",
        reverse_more(14),
    ),
    Break(
        "3d",
        "subscription 7 of trunking is posted to 2026-04-01 and its postings reach 2026-03-01",
        both(reverse_more(14, reason="credit"), subscription(7, posted_to=APRIL)),
    ),
    Break(
        "3d",
        "subscription 7 of trunking is posted to 2026-03-01 and its postings reach 2026-01-05",
        both(reverse_more(14, reason="credit"), posting(9, **BY_HAND)),
    ),
    Break(
        "3d",
        "posting 11 of hosted begins on 2026-02-01, not on 2026-01-12",
        reverse_more(5),
    ),
    Break(
        "3d",
        "subscription 1 of hosted is posted to 2026-03-01 and ends on 2026-02-15",
        subscription(1, to_date=date(2026, 2, 15)),
    ),
    Break(
        "3d",
        "subscription 6 of faxing is posted to 2026-01-17 and ends on 2026-01-16",
        both(post_more(6, "25.00", from_date=date(2026, 1, 16)), subscription(6, posted_to=date(2026, 1, 17))),
    ),
]
DUE = [
    Break(
        "3e",
        "subscription 7 of trunking was due at 2026-02-01 05:00:00+00:00 and is posted to 2026-02-01",
        subscription(7, posted_to=FEBRUARY, due_at=midnight(FEBRUARY)),
    ),
    Break(
        "3e",
        "subscription 6 of faxing was due at 2026-01-15 05:00:00+00:00 and is posted to 2026-01-15",
        subscription(6, posted_to=date(2026, 1, 15), due_at=midnight(date(2026, 1, 15))),
    ),
    Break(
        "3e",
        "subscription 7 of trunking goes on from 2026-03-01 and is due never",
        subscription(7, due_at=None),
    ),
    Break(
        "3e",
        "subscription 7 of trunking goes on from 2026-03-01 and is due never",
        subscription(7, due_at=None, to_date=date(2026, 3, 2)),
    ),
    Break(
        "3e",
        "subscription 6 of faxing goes on from 2026-01-15 and is due never",
        subscription(6, posted_to=date(2026, 1, 15)),
    ),
    Break(
        "3e",
        "subscription 7 of trunking goes on from 2026-03-01 and is due at 2026-04-01 05:00:00+00:00",
        subscription(7, due_at=midnight(APRIL)),
    ),
    Break(
        "3e",
        "subscription 7 of trunking is posted to its end and due at 2026-03-01 05:00:00+00:00",
        subscription(7, to_date=MARCH),
    ),
    Break(
        "3e",
        f"subscription 6 of faxing is posted to its end and due at {NOW}",
        subscription(6, due_at=NOW),
    ),
]
BREAKS = [*POSTINGS, *LEDGER, *TILES, *DUE]
