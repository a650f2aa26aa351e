"""What is charged in the world: the plans of its orders, their subscriptions, and the ledger."""

from datetime import date
from decimal import Decimal

from dialtone.invariants.catalog_rows import Posting, Subscription
from dialtone.invariants.snapshot import Snapshot

from . import made
from .made import FEBRUARY, PROVEN, START

LINES, SURCHARGE, NUMBER = "Standard Select Voice Lines", "E911 Surcharge", "Number beyond the allowance"
FAX, FAX_FEE, ATTENDANT = "Virtual Fax Desktop Unlimited", "Virtual Fax NRC", "Auto Attendant"
FORMER_START, SET_UP, CAME = date(2026, 1, 3), date(2026, 1, 15), date(2026, 1, 20)


def add(at: Snapshot) -> None:
    """Posting 1 was published by an older release, which told no numbers."""
    at.billing = [
        made.a_billing("hosted", "started", run=2, at_start=1, late=1),
        made.a_billing("faxing", "started")._replace(customer_id="c-hosted"),
        made.a_billing("trunking", "started"),
        made.a_billing("refused", "void"),
        made.a_billing("fallen", "void"),
        made.a_billing("going", "planned"),
    ]
    _add_plans(at)
    at.subscriptions = _subscriptions()
    at.postings = _postings({one.subscription_id: one for one in at.subscriptions})
    first, *others = at.postings
    at.published = [made.a_published_line(first, posting=None), *map(made.a_published_line, others)]


def _add_plans(at: Snapshot) -> None:
    once = {"kind": "NRC"}
    at.plans = [
        made.a_plan_line("hosted", 1, "1", "void"),
        made.a_plan_line("hosted", 1, "1", run=2, quantity=2),
        made.a_plan_line("hosted", 2, "2", run=2, package=ATTENDANT, **once),
        made.a_plan_line("hosted", 3, "3", run=2, package=LINES),
        made.a_plan_line("hosted", 4, "numbers", run=2, package=NUMBER),
        made.a_plan_line("hosted", 5, "1", run=2, quantity=2, first_period=False),
        made.a_plan_line("faxing", 1, "1", package=FAX),
        made.a_plan_line("faxing", 2, "2", package=FAX_FEE, **once),
        made.a_plan_line("trunking", 1, "1", package=LINES),
        made.a_plan_line("trunking", 2, "2", package=SURCHARGE),
        made.a_plan_line("refused", 1, "1", "void", package=LINES),
        made.a_plan_line("fallen", 1, "1", "void"),
        made.a_plan_line("going", 1, "1"),
    ]


def _subscriptions() -> list[Subscription]:
    hosted = {"run": 2}
    faxing = {"customer_id": "c-hosted", "from_date": SET_UP}
    return [
        made.a_subscription(1, "hosted", "1", quantity=2, **hosted),
        made.a_subscription(2, "hosted", "2", package=ATTENDANT, **_once(START, "75.00"), **hosted),
        made.a_subscription(3, "hosted", "3", package=LINES, from_date=PROVEN, **hosted),
        made.a_subscription(
            4, "hosted", "numbers", package=NUMBER, unit_price=Decimal("1.15"), from_date=CAME, **hosted
        ),
        made.a_subscription(5, "faxing", "1", line=1, package=FAX, unit_price=Decimal("12.00"), **faxing),
        made.a_subscription(6, "faxing", "2", line=2, package=FAX_FEE, **{**faxing, **_once(SET_UP, "25.00")}),
        made.a_subscription(7, "trunking", "2", line=2, package=SURCHARGE, unit_price=Decimal("0.75")),
    ]


def _once(on: date, price: str) -> dict[str, object]:
    after = date(on.year, on.month, on.day + 1)
    return {"kind": "NRC", "unit_price": Decimal(price), "from_date": on, "posted_to": after, "due_at": None}


def _postings(by_id: dict[int, Subscription]) -> list[Posting]:
    """The billing start of `hosted` was moved after the first postings; then came what was late, and February."""
    early = made.a_posting(2, by_id[2], "75.00", from_date=FORMER_START, reason="start")
    month = {"from_date": FEBRUARY, "reason": "recurring"}
    return [
        made.a_posting(1, by_id[1], "17.33", reason="start"),
        early,
        made.a_reversal(3, early),
        made.a_posting(4, by_id[2], "75.00", reason="change"),
        made.a_posting(5, by_id[3], "6.42"),
        made.a_posting(6, by_id[4], "0.45"),
        made.a_posting(7, by_id[5], "6.58"),
        made.a_posting(8, by_id[6], "25.00"),
        made.a_posting(9, by_id[7], "0.65", reason="start"),
        made.a_posting(10, by_id[1], "19.90", **month),
        made.a_posting(11, by_id[3], "9.95", **month),
        made.a_posting(12, by_id[4], "1.15", **month),
        made.a_posting(13, by_id[5], "12.00", **month),
        made.a_posting(14, by_id[7], "0.75", **month),
    ]
