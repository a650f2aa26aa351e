"""Dates and instants of a form."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contracts.faults import Told
from contracts.orders import OrderForm
from contracts.planning import ACTIVATION_YEARS, BILLING_YEARS, latest_activation, latest_billing_start
from order_intake.domain.door import zones
from order_intake.domain.door.rules import Rules


def date_faults(form: OrderForm, rules: Rules) -> Iterator[Told]:
    """In the customer's time zone; where that is not known, only what is so in all of them."""
    name = zones.canonical(form.customer.time_zone) if rules.may_judge(zones.WHERE) else None
    zone = zones.known(name) if name else None
    if form.requested_activation is not None:
        yield from _activation(form.requested_activation, rules.now, zone)
    if form.billing_start is not None and zone is not None:
        yield from _billing_start(form.billing_start, rules.now.astimezone(zone).date())


def _billing_start(start: date, today: date) -> Iterator[Told]:
    first, last = today.replace(day=1), latest_billing_start(today)
    if start < first:
        yield Told("/billing_start", "too-early", f"{start} is before the present month; the earliest is {first}")
    elif start > last:
        detail = f"{start} is more than {BILLING_YEARS} years ahead; the latest is {last}"
        yield Told("/billing_start", "too-late", detail)


def _activation(activation: datetime, now: datetime, zone: ZoneInfo | None) -> Iterator[Told]:
    if activation.tzinfo is None:
        detail = f"{activation.isoformat()} has no offset; expected e.g. 2027-01-18T14:00:00Z"
        yield Told("/requested_activation", "no-offset", detail)
    elif activation < now:
        yield Told("/requested_activation", "past", f"{activation.isoformat()} is in the past")
    elif zone is not None:
        last = latest_activation(now.astimezone(zone).date())
        if activation >= datetime.combine(last + timedelta(days=1), time(), zone):
            detail = f"{activation.isoformat()} is more than {ACTIVATION_YEARS} years ahead; the latest is {last}"
            yield Told("/requested_activation", "too-late", detail)
