"""What breaks invariant 3, for what the pivot delivers."""

from datetime import date

from dialtone.invariants.snapshot import Snapshot

from ..changes import Break, drop, edit, order
from ..charged import ATTENDANT, FORMER_START, LINES, NUMBER, SURCHARGE
from ..made import PROVEN, START, a_billing, a_plan_line, a_posting, a_subscription

HOSTED, TRUNKING = {"order_id": "hosted"}, {"order_id": "trunking"}
NOT_STARTED = "is completed and its billing has not started"
LATER = date(2026, 1, 6)


def charge_nothing(at: Snapshot) -> None:
    order(at, "hosted", billing_started=False)
    edit(at.billing, HOSTED, state="planned")
    drop(at.subscriptions, order_id="hosted")


def start_no_billing(at: Snapshot) -> None:
    order(at, "trunking", billing_started=False)
    edit(at.billing, TRUNKING, state="planned")


def charge_nothing_of_what_goes_on(at: Snapshot) -> None:
    """It is said to be billed, and has nothing to be charged for but use."""
    edit(at.billing, TRUNKING, state="planned")
    drop(at.subscriptions, order_id="trunking")
    drop(at.plans, package=SURCHARGE)


def reserve_nothing_at_once(at: Snapshot) -> None:
    edit(at.order_numbers, {"order_id": "hosted", "number": "+1"}, delivered=True)
    edit(at.subscriptions, {"subscription_id": 4}, from_date=START)


BREAKS = [
    Break(
        "3",
        "going (acknowledged) is billed (0 charges) and not past the pivot",
        lambda at: edit(at.billing, {"order_id": "going"}, state="started"),
    ),
    Break(
        "3",
        "going (acknowledged) is billed (1 charges) and not past the pivot",
        lambda at: at.subscriptions.append(a_subscription(8, "going", "1")),
    ),
    Break(
        "3",
        "hosted (completed) is billed (4 charges) and not past the pivot",
        lambda at: order(at, "hosted", past_pivot=False),
    ),
    Break("3", f"hosted {NOT_STARTED}", lambda at: edit(at.billing, HOSTED, state="planned")),
    Break("3", f"hosted {NOT_STARTED}", lambda at: drop(at.billing, order_id="hosted")),
    Break("3", f"hosted {NOT_STARTED}", charge_nothing),
    Break(
        "3",
        "trunking is inProgress and its billing has not started",
        lambda at: edit(at.billing, TRUNKING, state="planned"),
    ),
    Break("3", "trunking is inProgress and its billing has not started", start_no_billing),
    Break("3", "trunking is inProgress and its billing has not started", charge_nothing_of_what_goes_on),
    Break(
        "3",
        "fallen is held and undone, and its charges are planned",
        lambda at: edit(at.billing, {"order_id": "fallen"}, state="planned"),
    ),
    Break(
        "3",
        "fallen is held and undone, and its charges are planned",
        lambda at: edit(at.plans, {"order_id": "fallen"}, state="planned"),
    ),
    Break(
        "3",
        "refused is failed and undone, and its charges are planned",
        lambda at: edit(at.billing, {"order_id": "refused"}, state="planned"),
    ),
    Break(
        "3",
        "refused is failed and undone, and its charges are planned and started",
        lambda at: (
            edit(at.billing, {"order_id": "refused"}, state="started"),
            edit(at.plans, {"order_id": "refused"}, state="planned"),
        ),
    ),
    Break("3", "charges of gone, which is no order", lambda at: at.billing.append(a_billing("gone", "planned"))),
    Break("3", "charges of gone, which is no order", lambda at: at.plans.append(a_plan_line("gone", 1, "1"))),
    Break(
        "3",
        "charges of gone, which is no order",
        lambda at: at.subscriptions.append(a_subscription(8, "gone", "1")),
    ),
    Break(
        "3",
        "charges of gone, which is no order",
        lambda at: at.postings.append(a_posting(15, a_subscription(8, "gone", "1"), "8.67")),
    ),
    Break(
        "3",
        "hosted is charged for item 9, which it does not have",
        lambda at: at.subscriptions.append(a_subscription(8, "hosted", "9", run=2)),
    ),
    Break(
        "3",
        "hosted is billed for the runs 1, 2",
        lambda at: edit(at.subscriptions, {"subscription_id": 1}, run=1),
    ),
    Break("3", "hosted is billed for the runs 2, 3", lambda at: edit(at.postings, {"posting": 10}, run=3)),
]
DATES = [
    Break(
        "3",
        f"hosted is charged for {ATTENDANT} from 2026-01-03, before its start on 2026-01-05",
        lambda at: edit(at.subscriptions, {"package": ATTENDANT}, from_date=FORMER_START),
    ),
    Break(
        "3",
        f"hosted is charged for {LINES} from 2026-01-03, before its start on 2026-01-05",
        lambda at: edit(at.subscriptions, {"package": LINES}, from_date=FORMER_START),
    ),
    Break(
        "3",
        f"hosted is charged for {NUMBER} from 2026-01-03, before its start on 2026-01-05",
        lambda at: edit(at.subscriptions, {"package": NUMBER}, from_date=FORMER_START),
    ),
    Break(
        "3",
        f"hosted is charged for {NUMBER} from 2026-01-03, before its start on 2026-01-05",
        lambda at: (
            order(at, "hosted", saga_version=1),
            edit(at.subscriptions, {"package": NUMBER}, from_date=FORMER_START),
        ),
    ),
    Break(
        "3",
        f"hosted is charged for {ATTENDANT} only from 2026-01-06, after its start on 2026-01-05",
        lambda at: edit(at.subscriptions, {"package": ATTENDANT}, from_date=LATER),
    ),
    Break(
        "3",
        f"hosted is charged for {ATTENDANT} only from 2026-01-06, after its start on 2026-01-05",
        lambda at: (
            order(at, "hosted", saga_version=1),
            edit(at.subscriptions, {"package": ATTENDANT}, from_date=LATER),
        ),
    ),
]
DELIVERED = [
    Break(
        "3",
        "item 2 of hosted is delivered and its NRC is charged for 0 of 1",
        lambda at: drop(at.subscriptions, package=ATTENDANT),
    ),
    Break(
        "3",
        "item 2 of hosted is delivered and its NRC is charged for 0 of 1",
        lambda at: (order(at, "hosted", saga_version=1), drop(at.subscriptions, package=ATTENDANT)),
    ),
    Break(
        "3",
        "item 2 of hosted is delivered and its NRC is charged for 0 of 1",
        lambda at: (drop(at.subscriptions, package=ATTENDANT), edit(at.plans, {"package": ATTENDANT}, state="void")),
    ),
    Break(
        "3",
        "item 2 of hosted is delivered and its NRC is charged for 1 of 0",
        lambda at: drop(at.plans, package=ATTENDANT),
    ),
    Break(
        "3",
        "item 1 of hosted is delivered and its MRC is charged for 3 of 2",
        lambda at: edit(at.subscriptions, {"subscription_id": 1}, quantity=3),
    ),
    Break(
        "3",
        "item 2 of trunking is delivered and its MRC is charged for 2 of 1",
        lambda at: at.subscriptions.append(at.subscriptions[-1]._replace(subscription_id=8)),
    ),
]
NUMBERS = [
    Break(
        "3",
        "hosted is charged for 3 numbers and has 2",
        lambda at: (order(at, "hosted", state="partial"), edit(at.subscriptions, {"package": NUMBER}, quantity=3)),
    ),
    Break(
        "3",
        "the billing of hosted counts 1 numbers and it was given 2",
        lambda at: edit(at.billing, HOSTED, numbers_late=0),
    ),
    Break(
        "3",
        "the billing of hosted counts 3 numbers and it was given 2",
        lambda at: (order(at, "hosted", state="partial"), edit(at.billing, HOSTED, numbers_late=2)),
    ),
    Break(
        "3",
        "hosted has all its numbers and is charged for 0 of 1",
        lambda at: drop(at.subscriptions, package=NUMBER),
    ),
    Break(
        "3",
        "hosted has all its numbers and is charged for 2 of 1",
        lambda at: edit(at.subscriptions, {"package": NUMBER}, quantity=2),
    ),
    Break(
        "3",
        "hosted is charged for numbers from 2026-01-06, and none came then",
        lambda at: edit(at.subscriptions, {"package": NUMBER}, from_date=LATER),
    ),
    Break(
        "3",
        "hosted is charged for numbers from 2026-01-12, and none came then",
        lambda at: edit(at.subscriptions, {"package": NUMBER}, from_date=PROVEN),
    ),
    Break("3", "hosted is charged for numbers from 2026-01-05, and none came then", reserve_nothing_at_once),
    Break(
        "3",
        "hosted is charged for numbers from 2026-01-05, and none came then",
        lambda at: (
            edit(at.order_numbers, {"order_id": "hosted", "number": "+1"}, trunking=True),
            edit(at.subscriptions, {"package": NUMBER}, from_date=START),
        ),
    ),
]
