"""Rows as the services would show them; a test names what matters to it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from dialtone.invariants import catalog_rows, rows

NOW = datetime(2026, 2, 3, tzinfo=UTC)
START, PROVEN = date(2026, 1, 5), date(2026, 1, 12)
FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)
STANDARD = "Enterprise Standard"


def an_order(name: str, state: str, phase: str, **more: Any) -> rows.Order:
    """For the group `g-<name>` of the enterprise sp-1."""
    facts: dict[str, Any] = {
        "partner_id": "p-1",
        "external_id": f"PO-{name}",
        "kind": "new-group",
        "reason": "",
        "run": 1,
        "due": None,
        "held_until": None,
        "version": 7,
        "ended_at": None,
        "service_provider_id": "sp-1",
        "group_id": f"g-{name}",
        "customer_id": f"c-{name}",
        "past_pivot": False,
        "billing_started": False,
        "saga_version": 2,
        "asked": [],
    }
    return rows.Order(order_id=name, state=state, phase=phase, **{**facts, **more})


def a_given_number(order_id: str, number: str, *, trunking: bool = False, delivered: bool = False) -> rows.OrderNumber:
    return rows.OrderNumber(order_id, number, trunking, delivered)


def a_user(order_id: str, user_id: str, number: str | None = None) -> rows.OrderUser:
    return rows.OrderUser(order_id, "sp-1", f"g-{order_id}", user_id, STANDARD, number)


def an_item(order_id: str, item_id: str, package: str, state: str = "completed", **more: Any) -> rows.OrderItem:
    """`seats` make it a hosted item of seats, `trunking` one for people."""
    facts: dict[str, Any] = {
        "quantity": more.get("seats") or 1,
        "trunking": False,
        "fulfilment": "trunking" if more.get("trunking") else "hosted",
        "seats": 0,
        "elsewhere": False,
        "parent": "",
    }
    return rows.OrderItem(order_id=order_id, item_id=item_id, package=package, state=state, **{**facts, **more})


def an_account(name: str, role: str, broadworks_id: str, order_id: str | None, **more: Any) -> rows.Account:
    facts = {"partner_id": "p-1", "parent_id": "", "status": "active", "built": True}
    return rows.Account(
        account_id=name, role=role, name=name, broadworks_id=broadworks_id, order_id=order_id, **{**facts, **more}
    )


def a_letter(dl_id: str, order_id: str, state: str, kind: str = "order") -> rows.DeadLetter:
    return rows.DeadLetter(dl_id, kind, order_id, "order-intake", "broadworks-refused", state)


def a_number(
    number: str,
    order_id: str | None,
    status: str = "assigned",
    customer_id: str | None = None,
    *,
    trunking: bool = False,
) -> rows.Number:
    facts = {"from_backorder": False, "trunking": trunking, "partner_id": "p-1"}
    return rows.Number(number, status, order_id, 1, customer_id, **facts)


def a_backorder(order_id: str, missing: int, *, cancelled: bool = False, partner_id: str = "p-1") -> rows.Backorder:
    return rows.Backorder(1, order_id, 1, partner_id, 1, missing, cancelled)


def a_billing(order_id: str, state: str, *, run: int = 1, at_start: int = 0, late: int = 0) -> catalog_rows.Billing:
    started = NOW if state == "started" else None
    return catalog_rows.Billing(order_id, run, "p-1", f"c-{order_id}", state, START, started, at_start, late, late)


def a_plan_line(order_id: str, line: int, item_id: str, state: str = "planned", **more: Any) -> catalog_rows.PlanLine:
    facts: dict[str, Any] = {
        "run": 1,
        "package": STANDARD,
        "kind": "MRC",
        "quantity": 1,
        "amount": Decimal("9.95"),
        "from_date": START,
        "first_period": True,
    }
    return catalog_rows.PlanLine(order_id=order_id, line=line, item_id=item_id, state=state, **{**facts, **more})


def a_subscription(subscription_id: int, order_id: str, item_id: str, **more: Any) -> catalog_rows.Subscription:
    """An MRC, posted up to March and due then, at midnight in New York."""
    facts: dict[str, Any] = {
        "partner_id": "p-1",
        "customer_id": f"c-{order_id}",
        "run": 1,
        "line": subscription_id,
        "package": STANDARD,
        "kind": "MRC",
        "quantity": 1,
        "unit_price": Decimal("9.95"),
        "from_date": START,
        "to_date": None,
        "posted_to": MARCH,
        "due_at": midnight(MARCH),
    }
    return catalog_rows.Subscription(subscription_id, order_id=order_id, item_id=item_id, **{**facts, **more})


def midnight(day: date) -> datetime:
    """In New York, in winter."""
    return datetime(day.year, day.month, day.day, 5, tzinfo=UTC)


def a_posting(posting: int, of: catalog_rows.Subscription, amount: str, **more: Any) -> catalog_rows.Posting:
    """From the beginning of the subscription, for the month of that."""
    since = more.get("from_date", of.from_date)
    until = None if of.kind == "NRC" else more.get("to_date", FEBRUARY if since < FEBRUARY else MARCH)
    whole = None if until is None else (31 if since < FEBRUARY else 28)
    facts: dict[str, Any] = {
        **{name: getattr(of, name) for name in catalog_rows.Posting._fields if hasattr(of, name)},
        "from_date": since,
        "to_date": until,
        "days": None if until is None else (until - since).days,
        "days_in_period": whole,
        "reason": "delivery",
        "posted_at": NOW,
        "reverses": None,
    }
    return catalog_rows.Posting(posting=posting, amount=Decimal(amount), **{**facts, **more})


def a_reversal(posting: int, stale: catalog_rows.Posting, **more: Any) -> catalog_rows.Posting:
    facts = {"quantity": -stale.quantity, "amount": -stale.amount, "reason": "change", "reverses": stale.posting}
    return stale._replace(posting=posting, **{**facts, **more})


def a_published_line(of: catalog_rows.Posting, **more: Any) -> catalog_rows.PublishedLine:
    facts = {name: getattr(of, name) for name in catalog_rows.PublishedLine._fields}
    return catalog_rows.PublishedLine(**{**facts, **more})


def a_ticket(ticket_id: int, order_id: str, kind: str, state: str, item_id: str = "", **more: Any) -> rows.Ticket:
    facts = {"partner_id": "p-1", "run": 1, "outcome": None, "activated_on": None, "trunk_group": ""}
    return rows.Ticket(ticket_id, order_id, item_id, kind, state, **{**facts, "numbers_confirmed": False, **more})


PROOF = {"outcome": "done", "activated_on": PROVEN, "trunk_group": "main", "numbers_confirmed": True}


def an_effect(order_id: str, seq: int, key: str, state: str, command: str, **more: Any) -> rows.Effect:
    """In the group `g-<order>` of the enterprise sp-1."""
    facts: dict[str, Any] = {
        "run": 1,
        "service_provider_id": "sp-1",
        "group_id": f"g-{order_id}",
        "user_id": None,
        "package": None,
        "number": None,
        "extension": None,
    }
    return rows.Effect(order_id=order_id, seq=seq, key=key, state=state, command=command, **{**facts, **more})


def a_message(place: str, key: str, cause: str | None, since: datetime = NOW) -> rows.Message:
    return rows.Message(place, key, "numbers.commands", since, cause)
