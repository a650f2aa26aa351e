"""The next run of an order: the same order and accounts, nothing of what the last run was answered."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from contracts.orders import Fault, OrderForm
from order_intake.domain.subject import Subject

KEPT = {
    "order_id",
    "partner_id",
    "submitted_at",
    "submitted_on",
    "enterprise_id",
    "customer_id",
    "service_provider_id",
    "group_id",
}


def new_run(
    subject: Subject, form: OrderForm | None, faults: Sequence[Fault], now: datetime, *, keep_start: bool = False
) -> tuple[Subject, list[Fault]]:
    """The subject of the next run, and what is wrong with its edited form, which the door finds `faults` in.

    `now` is business time. The external id, the kind and the names stay what they were. A start of billing that has
    passed becomes the day of the run, unless it is to be kept, which the month that has begun allows.
    """
    old, new = subject.form, form or subject.form
    found = fixed(old, new)
    if new != old:
        found += faults
    accepted = subject.location_accepted_at
    if new.e911.location != old.e911.location:
        accepted = now if new.e911.location is not None else None
    today = now.astimezone(ZoneInfo(new.customer.time_zone)).date()
    start = new.billing_start or subject.submitted_on
    if keep_start and start < today.replace(day=1):
        detail = f"{start} is before the present month: the start can be kept from {today.replace(day=1)} on"
        found.append(Fault(pointer="/billing_start", code="too-early", detail=detail))
    kept = subject.model_dump(include=KEPT) | {"not_billed_before": None if keep_start else today}
    return Subject(**kept, run=subject.run + 1, form=new, location_accepted_at=accepted), found


def fixed(old: OrderForm, new: OrderForm) -> list[Fault]:
    """What an edit may not change, and has changed."""
    pairs = (
        ("/external_id", old.external_id, new.external_id),
        ("/kind", old.kind, new.kind),
        ("/enterprise", old.enterprise, new.enterprise),
        ("/customer/account_name", old.customer.account_name, new.customer.account_name),
    )
    return [
        Fault(pointer=pointer, code="fixed", detail=f"stays {before!r} when an order is replayed")
        for pointer, before, after in pairs
        if before != after
    ]
