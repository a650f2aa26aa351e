"""Dates and instants of a form."""

from collections.abc import Iterator
from datetime import datetime

from contracts.bounds import ACTIVATION_AHEAD, BILLING_AHEAD
from contracts.faults import Told
from contracts.orders import OrderForm
from order_intake.domain.door import zones
from order_intake.domain.door.rules import Rules


def date_faults(form: OrderForm, rules: Rules) -> Iterator[Told]:
    """In the customer's time zone; not judged where that is not known."""
    if form.requested_activation is not None:
        yield from _activation(form.requested_activation, rules)
    zone = zones.canonical(form.customer.time_zone) if rules.may_judge(zones.WHERE) else None
    if form.billing_start is None or zone is None:
        return
    first = rules.now.astimezone(zones.known(zone)).date().replace(day=1)
    last = (rules.now + BILLING_AHEAD).astimezone(zones.known(zone)).date()
    if form.billing_start < first:
        detail = f"{form.billing_start} is before the present month; the earliest is {first}"
        yield Told("/billing_start", "too-early", detail)
    elif form.billing_start > last:
        detail = f"{form.billing_start} is more than two years ahead; the latest is {last}"
        yield Told("/billing_start", "too-late", detail)


def _activation(activation: datetime, rules: Rules) -> Iterator[Told]:
    latest = rules.now + ACTIVATION_AHEAD
    if activation.tzinfo is None:
        detail = f"{activation.isoformat()} has no offset; expected e.g. 2027-01-18T14:00:00Z"
        yield Told("/requested_activation", "no-offset", detail)
    elif activation < rules.now:
        yield Told("/requested_activation", "past", f"{activation.isoformat()} is in the past")
    elif activation > latest:
        detail = f"{activation.isoformat()} is more than five years ahead; the latest is {latest.date()}"
        yield Told("/requested_activation", "too-late", detail)
