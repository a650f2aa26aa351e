"""What breaks invariant 3, for what people deliver."""

from datetime import date
from typing import Any

from dialtone.invariants.snapshot import Snapshot

from ..changes import Break, Change, drop, edit
from ..charged import FAX, FAX_FEE, LINES
from ..made import PROOF, START, a_given_number, a_subscription

TRUNK = "item 3 of hosted is charged and not delivered"
SET_UP = "item 1 of faxing is charged and not delivered"
FEE = "item 2 of faxing is charged and not delivered"


def unproven(ticket_id: int, **missing: Any) -> Change:
    return lambda at: edit(at.tickets, {"ticket_id": ticket_id}, **missing)


def set_up_without(package: str, **missing: Any) -> Change:
    """What else was set up is not charged."""
    return lambda at: (drop(at.subscriptions, package=package), edit(at.tickets, {"ticket_id": 6}, **missing))


def charge_the_fee_of_a_trunk(at: Snapshot) -> None:
    edit(at.order_items, {"order_id": "hosted", "item_id": "2"}, parent="3")
    drop(at.subscriptions, package=LINES)
    drop(at.tickets, ticket_id=4)


def count_numbers_of_no_trunk(at: Snapshot) -> None:
    at.order_numbers.append(a_given_number("hosted", "+6", trunking=True))
    edit(at.billing, {"order_id": "hosted"}, numbers_late=2)
    drop(at.subscriptions, package=LINES)
    drop(at.tickets, ticket_id=4)


def charge_trunk_numbers_early(at: Snapshot) -> None:
    edit(at.order_numbers, {"order_id": "hosted"}, trunking=True)
    edit(at.subscriptions, {"item_id": "numbers"}, from_date=date(2026, 1, 11))


def charge_more_numbers_than_seats_early(at: Snapshot) -> None:
    edit(at.order_numbers, {"order_id": "hosted", "number": "+2"}, trunking=True)
    edit(at.subscriptions, {"item_id": "numbers"}, from_date=START, quantity=2)


def charged_from(package: str, day: int) -> Change:
    return lambda at: edit(at.subscriptions, {"package": package}, from_date=date(2026, 1, day))


BREAKS = [
    Break(
        "3b",
        "item 1 of trunking is charged and not delivered",
        lambda at: at.subscriptions.append(a_subscription(8, "trunking", "1", package=LINES)),
    ),
    Break("3b", TRUNK, unproven(4, outcome="cannot-do")),
    Break("3b", TRUNK, unproven(4, kind="order")),
    Break("3b", TRUNK, unproven(4, run=1)),
    Break("3b", TRUNK, unproven(4, item_id="1")),
    Break("3b", TRUNK, unproven(4, activated_on=None)),
    Break("3b", TRUNK, unproven(4, trunk_group="")),
    Break("3b", TRUNK, unproven(4, numbers_confirmed=False)),
    Break("3b", SET_UP, set_up_without(FAX_FEE, outcome="cannot-do")),
    Break("3b", SET_UP, set_up_without(FAX_FEE, activated_on=None)),
    Break("3b", SET_UP, set_up_without(FAX_FEE, kind="backorder")),
    Break("3b", SET_UP, set_up_without(FAX_FEE, run=2)),
    Break("3b", FEE, set_up_without(FAX, outcome="cannot-do")),
    Break("3b", "item 2 of hosted is charged and not delivered", charge_the_fee_of_a_trunk),
    Break(
        "3b",
        "item 3 of hosted is proven and its MRC is charged for 0 of 1",
        lambda at: drop(at.subscriptions, package=LINES),
    ),
    Break(
        "3b",
        "item 3 of hosted is proven and its MRC is charged for 2 of 1",
        lambda at: edit(at.subscriptions, {"package": LINES}, quantity=2),
    ),
    Break(
        "3b",
        "item 1 of faxing is proven and its MRC is charged for 0 of 1",
        lambda at: drop(at.subscriptions, package=FAX),
    ),
    Break(
        "3b",
        "item 2 of faxing is proven and its NRC is charged for 0 of 1",
        lambda at: drop(at.subscriptions, package=FAX_FEE),
    ),
    Break("3b", "item 1 of refused is proven and its MRC is charged for 0 of 1", unproven(8, **PROOF)),
]
_ACTIVATED = "it was activated on 2026-01-12, and billing starts on 2026-01-05"
_SET_UP = "it was activated on 2026-01-15, and billing starts on 2026-01-05"
DATES = [
    Break("3b", f"item 3 of hosted is charged from 2026-01-11; {_ACTIVATED}", charged_from(LINES, 11)),
    Break("3b", f"item 3 of hosted is charged from 2026-01-13; {_ACTIVATED}", charged_from(LINES, 13)),
    Break("3b", f"item 3 of hosted is charged from 2026-01-04; {_ACTIVATED}", charged_from(LINES, 4)),
    Break(
        "3b",
        "item 3 of hosted is charged from 2026-01-12; it was activated on 2026-01-02, and billing starts on 2026-01-05",
        unproven(4, activated_on=date(2026, 1, 2)),
    ),
    Break("3b", f"item 1 of faxing is charged from 2026-01-05; {_SET_UP}", charged_from(FAX, 5)),
    Break("3b", f"item 2 of faxing is charged from 2026-01-16; {_SET_UP}", charged_from(FAX_FEE, 16)),
]
NUMBERS = [
    Break(
        "3b",
        "the billing of trunking counts 1 numbers and 0 are delivered",
        lambda at: edit(at.billing, {"order_id": "trunking"}, numbers_at_start=1),
    ),
    Break(
        "3b",
        "the billing of hosted counts 3 numbers and 2 are delivered",
        count_numbers_of_no_trunk,
    ),
    Break(
        "3b",
        "hosted is charged for 1 numbers before its trunk was there, and had 0 then",
        charge_trunk_numbers_early,
    ),
    Break(
        "3b",
        "hosted is charged for 2 numbers before its trunk was there, and had 1 then",
        charge_more_numbers_than_seats_early,
    ),
]
