"""The 911 gate: a dispatchable location, accepted at least 48 hours before service activation (47 CFR 9.11, seed A)."""

from datetime import datetime, timedelta

from chassis.saga.steps import Held
from order_intake.domain.subject import Subject

LEAD = timedelta(hours=48)


def lacks_location(order: Subject) -> bool:
    """911 is wanted, and no location was accepted yet."""
    return order.form.e911.required and order.location_accepted_at is None


def verdict(order: Subject, now: datetime) -> Held | None:
    """None opens the gate. Without a location the order is `pending`, within 48 hours of it `held`."""
    if not order.form.e911.required:
        return None
    accepted = order.location_accepted_at
    if accepted is None:
        return Held("the 911 location is missing", "pending")
    earliest = accepted + LEAD
    activation = order.form.requested_activation
    if (activation is not None and activation >= earliest) or now >= earliest:
        return None
    return Held(f"911 needs 48 hours: activation at {earliest.isoformat()} at the earliest", "held", earliest)
