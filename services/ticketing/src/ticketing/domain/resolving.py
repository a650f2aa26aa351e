"""A ticket that closes is not proof: what the form must say before a ticket counts as resolved."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from contracts.bounds import NAME, NOTES
from contracts.planning import EASTERNMOST
from ticketing.domain.kinds import BUILT_BY_PEOPLE, Kind
from ticketing.domain.states import NotAllowed, move
from ticketing.domain.tickets import Resolution, SignedResolution, Ticket

BEFORE_ITS_TICKET = timedelta(days=31)  # as far back as the first of the month, from which an order may be billed

# What the form takes, for whoever has left it out or sent something else.
EXPECTED = {
    "outcome": "'done' or 'cannot-do'",
    "reason": f"why it cannot be done, in at most {NOTES:,} characters",
    "trunk_group": f"the name of the trunk group as built, at most {NAME} characters",
    "numbers_confirmed": "true, when the numbers were called and ring",
}


@dataclass(frozen=True, slots=True)
class Days:
    """From the first to the last, both of them included."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"a date from {self.first} to {self.last}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field of the form."""

    field: str
    code: str
    detail: str


def check_resolvable(ticket: Ticket) -> None:
    """Raises NotAllowed for a ticket that people cannot resolve, or not any more."""
    if ticket.kind == "order":
        raise NotAllowed("order-ticket", "An order ticket ends with its order; resolve the tickets of its work.")
    if ticket.state != "resolved":
        move(ticket.state, "resolved")


def activation_days(opened_at: datetime, now: datetime, time_zone: str) -> Days:
    """The days in which the work of a ticket can have been activated, as the customer counts them.

    `time_zone` is an IANA name; where it names none that is known, the day is that where it begins first.
    """
    zone = _zone(time_zone)
    today = now.astimezone(zone).date()
    return Days(min(opened_at.astimezone(zone).date(), today) - BEFORE_ITS_TICKET, today)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the last two for what is no name of any zone
        return EASTERNMOST


def faults(kind: Kind, form: Resolution, days: Days) -> list[Fault]:
    """All of them at once. `days` are those that an activation may have."""
    found = []
    if form.outcome == "cannot-do":
        if not form.reason:
            found.append(Fault("reason", "missing", f"reason is missing; expected {EXPECTED['reason']}"))
        said = {
            "activated_on": (form.activated_on, "was not activated"),
            "trunk_group": (form.trunk_group, "has no trunk group as built"),
            "numbers_confirmed": (form.numbers_confirmed, "has no numbers that ring"),
        }
        found += [
            Fault(field, "contradiction", f"what cannot be done {why}; leave {field} out")
            for field, (value, why) in said.items()
            if value
        ]
        return found
    if form.activated_on and form.activated_on > days.last:
        found.append(Fault("activated_on", "in-the-future", f"{form.activated_on} has not come yet; expected {days}"))
    elif form.activated_on and form.activated_on < days.first:
        detail = f"{form.activated_on} is more than a month before the ticket was opened; expected {days}"
        found.append(Fault("activated_on", "too-early", detail))
    if kind in BUILT_BY_PEOPLE and not form.activated_on:
        found.append(Fault("activated_on", "missing", f"activated_on is missing; expected {days}"))
    if kind == "trunking":
        if not form.trunk_group:
            detail = f"trunk_group is missing; expected {EXPECTED['trunk_group']}"
            found.append(Fault("trunk_group", "missing", detail))
        if not form.numbers_confirmed:
            detail = f"the numbers are not confirmed; expected {EXPECTED['numbers_confirmed']}"
            found.append(Fault("numbers_confirmed", "not-confirmed", detail))
    return found


def resolve(ticket: Ticket, form: Resolution, who: str, at: datetime) -> Ticket:
    """The same form again changes nothing. Raises NotAllowed when the ticket has ended or was resolved otherwise."""
    check_resolvable(ticket)
    if ticket.state != "resolved":
        return replace(ticket, state=move(ticket.state, "resolved"), resolution=SignedResolution(form, who, at))
    if ticket.resolution is None or ticket.resolution.form != form:
        raise NotAllowed("resolved-otherwise", "The ticket is resolved already, and with other content.")
    return ticket


def resolution_text(form: Resolution) -> str:
    """One line for the history."""
    parts = [form.reason]
    if form.trunk_group:
        parts.append(f"trunk group {form.trunk_group}")
    if form.activated_on:
        parts.append(f"activated on {form.activated_on}")
    if form.numbers_confirmed:
        parts.append("numbers confirmed")
    content = "; ".join(part for part in [*parts, form.note] if part)
    return f"{form.outcome}: {content}" if content else form.outcome


def earlier_resolution_text(signed: SignedResolution) -> str:
    """What was said of a ticket that is open again, with who said it and when."""
    at = f"{signed.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"{signed.who} had resolved it on {at} as {resolution_text(signed.form)}"
