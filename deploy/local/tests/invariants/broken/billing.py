"""What breaks invariant 3."""

from datetime import date
from decimal import Decimal

from dialtone.invariants.rows import PublishedLine

from ..changes import Break, drop, edit, order
from ..made import a_billing, a_charge, a_given_number

HOSTED = {"order_id": "hosted"}
BREAKS = [
    Break(
        "3",
        "going (acknowledged) is billed (0 charges) and not past the pivot",
        lambda at: edit(at.billing, {"order_id": "going"}, state="started"),
    ),
    Break(
        "3",
        "going (acknowledged) is billed (1 charges) and not past the pivot",
        lambda at: edit(at.charges, {"order_id": "going"}, state="posted"),
    ),
    Break(
        "3",
        "hosted (completed) is billed (4 charges) and not past the pivot",
        lambda at: order(at, "hosted", past_pivot=False),
    ),
    Break(
        "3",
        "hosted is completed and its billing has not started",
        lambda at: edit(at.billing, HOSTED, state="planned"),
    ),
    Break("3", "hosted is completed and its billing has not started", lambda at: drop(at.billing, order_id="hosted")),
    Break(
        "3",
        "trunking is inProgress and its billing has not started",
        lambda at: edit(at.billing, {"order_id": "trunking"}, state="planned"),
    ),
    Break(
        "3",
        "hosted is completed and its billing has not started",
        lambda at: (
            order(at, "hosted", billing_started=False),
            edit(at.billing, HOSTED, state="planned"),
            drop(at.charges, order_id="hosted", state="posted"),
        ),
    ),
    Break(
        "3",
        "trunking is inProgress and its billing has not started",
        lambda at: (
            order(at, "trunking", billing_started=False),
            edit(at.billing, {"order_id": "trunking"}, state="planned"),
            edit(at.charges, {"order_id": "trunking"}, state="posted"),
        ),
    ),
    Break(
        "3",
        "fallen is held and undone, and its charges are planned",
        lambda at: edit(at.billing, {"order_id": "fallen"}, state="planned"),
    ),
    Break("3", "charges of gone, which is no order", lambda at: at.billing.append(a_billing("gone", "planned"))),
    Break("3", "charges of gone, which is no order", lambda at: at.charges.append(a_charge("gone", 1, "1", "planned"))),
    Break(
        "3",
        "hosted is charged for Auto Attendant from 2026-01-04, before its start on 2026-01-05",
        lambda at: edit(at.charges, {"package": "Auto Attendant"}, from_date=date(2026, 1, 4)),
    ),
    Break(
        "3",
        "hosted is charged for Auto Attendant only from 2026-01-06, after its start on 2026-01-05",
        lambda at: edit(at.charges, {"package": "Auto Attendant"}, from_date=date(2026, 1, 6)),
    ),
    Break(
        "3",
        "hosted is charged for Enterprise Standard only from 2026-01-06, after its start on 2026-01-05",
        lambda at: (
            edit(at.tickets, {"ticket_id": 4}, kind="order", outcome="cannot-do"),
            edit(at.charges, {"order_id": "hosted", "item_id": "3"}, from_date=date(2026, 1, 6)),
        ),
    ),
    Break(
        "3",
        "hosted is charged for Enterprise Standard only from 2026-01-06, after its start on 2026-01-05",
        lambda at: edit(at.charges, {"order_id": "hosted", "item_id": "3"}, from_date=date(2026, 1, 6)),
    ),
    Break(
        "3",
        "hosted is charged for Enterprise Standard from 2026-01-04, before its start on 2026-01-05",
        lambda at: edit(at.charges, {"item_id": "numbers"}, from_date=date(2026, 1, 4)),
    ),
    Break(
        "3",
        "hosted is billed for the runs 1, 2",
        lambda at: edit(at.charges, {"order_id": "hosted", "run": 1}, state="posted"),
    ),
    Break(
        "3",
        "item 2 of hosted is delivered and its NRC is planned",
        lambda at: edit(at.charges, {"package": "Auto Attendant"}, state="planned"),
    ),
    Break(
        "3",
        "item 1 of hosted is delivered and its MRC is void",
        lambda at: edit(at.charges, {"order_id": "hosted", "run": 2, "line": 1}, state="void"),
    ),
    Break(
        "3",
        "hosted is charged for 3 numbers and has 2",
        lambda at: edit(at.charges, {"item_id": "numbers"}, quantity=3),
    ),
    Break(
        "3",
        "the billing of hosted counts 1 numbers and it was given 2",
        lambda at: edit(at.billing, HOSTED, numbers_late=0),
    ),
]
MONEY = [
    Break(
        "3b",
        "trunking item 1 of trunking is charged and not delivered",
        lambda at: edit(at.charges, {"order_id": "trunking"}, state="posted"),
    ),
    Break(
        "3b",
        "trunking item 3 of hosted is charged and not delivered",
        lambda at: edit(at.tickets, {"ticket_id": 4}, outcome="cannot-do"),
    ),
    Break(
        "3b",
        "trunking item 3 of hosted is charged and not delivered",
        lambda at: edit(at.tickets, {"ticket_id": 4}, kind="order"),
    ),
    Break(
        "3b",
        "trunking item 3 of hosted is delivered and not charged",
        lambda at: edit(at.charges, {"order_id": "hosted", "item_id": "3"}, state="planned"),
    ),
    Break(
        "3b",
        "the billing of trunking counts 1 numbers and 0 are delivered",
        lambda at: edit(at.billing, {"order_id": "trunking"}, numbers_at_start=1),
    ),
    Break(
        "3b",
        "the billing of hosted counts 3 numbers and 2 are delivered",
        lambda at: (
            at.order_numbers.append(a_given_number("hosted", "+6", trunking=True)),
            edit(at.billing, HOSTED, numbers_late=2),
            edit(at.charges, {"order_id": "hosted", "item_id": "3"}, state="planned"),
            edit(at.tickets, {"ticket_id": 4}, trunk_group=""),
        ),
    ),
    Break(
        "3c",
        "line 9 of hosted was published and is not posted",
        lambda at: at.published.append(PublishedLine("hosted", 9)),
    ),
    Break("3c", "line 2 of hosted was published 0 times", lambda at: drop(at.published, line=2)),
    Break(
        "3c",
        "line 2 of hosted was published 2 times",
        lambda at: at.published.append(PublishedLine("hosted", 2)),
    ),
    Break(
        "3d",
        "line 2 of hosted has the amount -9.95 for a quantity of 1",
        lambda at: edit(at.charges, {"package": "Auto Attendant"}, amount=Decimal("-9.95")),
    ),
    Break(
        "3d",
        "line 7 of hosted has the amount 9.95 for a quantity of -1",
        lambda at: at.charges.append(a_charge("hosted", 7, "2", quantity=-1)),
    ),
]
