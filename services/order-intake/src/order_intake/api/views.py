"""What the edge shows of an order: states, items, time line."""

from dataclasses import asdict
from typing import Any

from chassis.saga import progress as progresses
from chassis.saga.progress import Progress
from contracts.orders import OrderState
from order_intake.domain.edge import item_states
from order_intake.domain.order_states import FINAL
from order_intake.domain.subject import Subject
from order_intake.store.actions import Act
from order_intake.store.listing import OrderLine, WholeOrder


def brief(order: OrderLine) -> dict[str, Any]:
    """One line of a list."""
    return {
        "id": order.order_id,
        "external_id": order.external_id,
        "partner_id": order.partner_id,
        "kind": order.kind,
        "account_name": order.account_name,
        "state": order.state,
        "reason": order.reason,
        "run": order.run,
        "submitted_at": order.submitted_at,
        "ended_at": order.ended_at,
    }


def whole(order: WholeOrder, acts: list[Act]) -> dict[str, Any]:
    """The order with its items, results and the saga's time line."""
    subject = Subject.model_validate_json(order.subject)
    progress = progresses.decode(order.progress)
    return {
        **brief(order),
        "version": order.version,
        "final": order.state in FINAL,
        "saga": {"name": progress.saga, "version": progress.version, "phase": progress.phase, "due": progress.due},
        "items": items(subject, progress, order.state),
        "enterprise": {"name": subject.form.enterprise, "service_provider_id": subject.service_provider_id},
        "customer": {"id": subject.customer_id, "group_id": subject.group_id},
        "numbers": numbers(subject),
        "charges": charges(subject),
        "users": [user.model_dump() for user in subject.group.users] if subject.group else [],
        "timeline": timeline(progress),
        "operator_actions": [asdict(act) for act in acts],
        "form": subject.form.model_dump(mode="json"),
    }


def items(subject: Subject, progress: Progress, state: OrderState) -> list[dict[str, Any]]:
    states = item_states(subject, progress, state)
    return [
        {
            "id": str(index),
            "package": item.package,
            "quantity": item.quantity,
            "trunking": item.trunk is not None,
            "state": states[index - 1],
        }
        for index, item in enumerate(subject.form.items, 1)
    ]


def numbers(subject: Subject) -> dict[str, Any]:
    reserved = subject.reserved
    back = [one for one in reserved.numbers if one.trunking] if reserved and subject.returned else []
    return {
        "reserved": [one.model_dump() for one in reserved.numbers if one not in back] if reserved else [],
        "returned": [one.model_dump() for one in back],
        "backordered": [one.model_dump(exclude={"backorder"}) for one in reserved.backordered] if reserved else [],
        "delivered": [one.model_dump() for one in subject.delivered],
    }


def charges(subject: Subject) -> dict[str, Any] | None:
    priced = subject.priced
    if priced is None:
        return None
    return {
        "price_book": priced.price_book,
        "billing_start": priced.billing_start.isoformat(),
        "first_invoice": str(priced.first_invoice),
        "monthly": str(priced.monthly),
        "currency": priced.currency,
        "before_taxes": True,
        "posted": posted(subject),
        "lines": [line.model_dump(mode="json") for line in priced.lines],
    }


def posted(subject: Subject) -> dict[str, Any] | None:
    """What was due when it was delivered, beside the plan; None before anything was, and for orders of version 1."""
    billed = subject.billed
    return {"lines": billed.lines, "amount": str(billed.posted)} if billed else None


def timeline(progress: Progress) -> list[dict[str, Any]]:
    """`seconds` is the time since the step was sent, where a line answers one."""
    lines: list[dict[str, Any]] = []
    sent: dict[str, Any] = {}
    for entry in progress.timeline:
        line = {"at": entry.at, "what": entry.what, "step": entry.step, "detail": entry.detail}
        if entry.what in ("sent", "undo sent"):
            sent[entry.step] = entry.at
        elif entry.step in sent:
            line["seconds"] = (entry.at - sent[entry.step]).total_seconds()
        lines.append(line)
    return lines
