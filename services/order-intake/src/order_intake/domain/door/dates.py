"""Dates and instants of a form."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contracts.faults import Told
from contracts.orders import OrderForm
from contracts.planning import (
    ACTIVATION_YEARS,
    BILLING_YEARS,
    EASTERNMOST,
    WESTERNMOST,
    latest_activation,
    latest_billing_start,
)
from order_intake.domain.door import zones
from order_intake.domain.door.rules import Rules


def taken(now: datetime) -> dict[str, str]:
    """What each date of a form may be, in every time zone: where its shape is wrong, nobody asks for the customer's."""
    first, last = now.astimezone(EASTERNMOST).date().replace(day=1), now.astimezone(WESTERNMOST).date()
    return {
        "billing_start": f"a date from {first} to {latest_billing_start(last)}, as text",
        "requested_activation": f"a date and time with its offset, until {latest_activation(last)}, as text such as "
        "2027-01-18T14:00:00Z",
    }


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
        return
    last = latest_activation(now.astimezone(zone or WESTERNMOST).date())
    if activation < now:
        detail = f"{activation.isoformat()} is in the past; now it is {_minute(now)}, and the latest is {last}"
        yield Told("/requested_activation", "past", detail)
    elif zone is not None and activation >= datetime.combine(last + timedelta(days=1), time(), zone):
        detail = f"{activation.isoformat()} is more than {ACTIVATION_YEARS} years ahead; the latest is {last}"
        yield Told("/requested_activation", "too-late", detail)


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M}Z"
