"""Rows as the services would show them; a test names what matters to it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from dialtone.invariants import rows

NOW = datetime(2026, 1, 5, tzinfo=UTC)
START = date(2026, 1, 5)
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
        "asked": [],
    }
    return rows.Order(order_id=name, state=state, phase=phase, **{**facts, **more})


def a_given_number(order_id: str, number: str, *, trunking: bool = False, delivered: bool = False) -> rows.OrderNumber:
    return rows.OrderNumber(order_id, number, trunking, delivered)


def a_user(order_id: str, user_id: str, number: str | None = None) -> rows.OrderUser:
    return rows.OrderUser(order_id, "sp-1", f"g-{order_id}", user_id, STANDARD, number)


def an_item(order_id: str, item_id: str, package: str, state: str = "completed", **more: Any) -> rows.OrderItem:
    """`seats` make it a hosted item of seats, `trunking` one for people."""
    trunking, seats = more.get("trunking", False), more.get("seats", 0)
    fulfilment = "trunking" if trunking else "hosted"
    return rows.OrderItem(
        order_id, item_id, package, more.get("quantity", seats or 1), trunking, fulfilment, seats, state
    )


def an_account(name: str, role: str, broadworks_id: str, order_id: str | None, **more: Any) -> rows.Account:
    facts = {"partner_id": "p-1", "parent_id": "", "status": "active", "built": True}
    return rows.Account(
        account_id=name, role=role, name=name, broadworks_id=broadworks_id, order_id=order_id, **{**facts, **more}
    )


def a_letter(dl_id: str, order_id: str, state: str, kind: str = "order") -> rows.DeadLetter:
    return rows.DeadLetter(dl_id, kind, order_id, "order-intake", "broadworks-refused", state)


def a_number(
    number: str, order_id: str | None, status: str = "assigned", customer_id: str | None = None
) -> rows.Number:
    return rows.Number(number, status, order_id, 1, customer_id, from_backorder=False, trunking=False, partner_id="p-1")


def a_backorder(order_id: str, missing: int, *, cancelled: bool = False, partner_id: str = "p-1") -> rows.Backorder:
    return rows.Backorder(1, order_id, 1, partner_id, 1, missing, cancelled)


def a_billing(order_id: str, state: str, *, run: int = 1, at_start: int = 0, late: int = 0) -> rows.Billing:
    started = NOW if state == "started" else None
    return rows.Billing(order_id, run, "p-1", f"c-{order_id}", state, START, started, at_start, late, late)


def a_charge(order_id: str, line: int, item_id: str, state: str = "posted", **more: Any) -> rows.Charge:
    facts: dict[str, Any] = {
        "run": 1,
        "package": STANDARD,
        "kind": "MRC",
        "quantity": 1,
        "amount": Decimal("9.95"),
        "from_date": START,
        "first_period": True,
        "posted_at": NOW if state == "posted" else None,
    }
    return rows.Charge(order_id=order_id, line=line, item_id=item_id, state=state, **{**facts, **more})


def a_ticket(ticket_id: int, order_id: str, kind: str, state: str, item_id: str = "", **more: Any) -> rows.Ticket:
    facts = {"partner_id": "p-1", "run": 1, "outcome": None, "activated_on": None, "trunk_group": ""}
    return rows.Ticket(ticket_id, order_id, item_id, kind, state, **{**facts, "numbers_confirmed": False, **more})


PROOF = {"outcome": "done", "activated_on": START, "trunk_group": "main", "numbers_confirmed": True}


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
