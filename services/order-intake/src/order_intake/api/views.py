"""What the edge shows of an order: states, items, time line."""

from typing import Any

from chassis.saga import progress as progresses
from chassis.saga.progress import Progress
from order_intake.domain.edge import item_states
from order_intake.domain.order_states import FINAL
from order_intake.domain.subject import Subject


def brief(row: Any) -> dict[str, Any]:
    """One line of a list."""
    return {
        "id": row["order_id"],
        "external_id": row["external_id"],
        "partner_id": row["partner_id"],
        "kind": row["kind"],
        "account_name": row["account_name"],
        "state": row["state"],
        "reason": row["reason"],
        "run": row["run"],
        "submitted_at": row["submitted_at"],
        "ended_at": row["ended_at"],
    }


def whole(row: Any, actions: list[dict[str, Any]]) -> dict[str, Any]:
    """The order with its items, results and the saga's time line."""
    subject = Subject.model_validate_json(row["subject"])
    progress = progresses.decode(row["progress"])
    return {
        **brief(row),
        "version": row["version"],
        "final": row["state"] in FINAL,
        "saga": {"name": progress.saga, "version": progress.version, "phase": progress.phase, "due": progress.due},
        "items": items(subject, progress, row["state"]),
        "enterprise": {"name": subject.form.enterprise, "service_provider_id": subject.service_provider_id},
        "customer": {"id": subject.customer_id, "group_id": subject.group_id},
        "numbers": numbers(subject),
        "charges": charges(subject),
        "users": [user.model_dump() for user in subject.group.users] if subject.group else [],
        "timeline": timeline(progress),
        "operator_actions": actions,
        "form": subject.form.model_dump(mode="json"),
    }


def items(subject: Subject, progress: Progress, state: Any) -> list[dict[str, Any]]:
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
    return {
        "reserved": [one.model_dump() for one in reserved.numbers] if reserved else [],
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
        "lines": [line.model_dump(mode="json") for line in priced.lines],
    }


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
