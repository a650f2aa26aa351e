"""A ticket that closes is not proof: what the form must say before a ticket counts as resolved."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from contracts.tickets import TicketKind
from ticketing.domain.states import NotAllowed, move
from ticketing.domain.tickets import Resolution, SignedResolution, Ticket

EASTERNMOST = timedelta(hours=14)  # where a day begins first (Pacific/Kiritimati)


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


def latest_activation(now: datetime) -> date:
    """The date where the day begins first on Earth: nothing was activated after it."""
    return (now.astimezone(UTC) + EASTERNMOST).date()


def faults(kind: TicketKind, form: Resolution, latest: date) -> list[Fault]:
    """All of them at once. `latest` is the last date that an activation may have."""
    found = []
    if form.outcome == "cannot-do":
        if not form.reason:
            found.append(Fault("reason", "missing", "say why it cannot be done"))
        if form.activated_on:
            found.append(Fault("activated_on", "contradiction", "what cannot be done was not activated"))
        return found
    if form.activated_on and form.activated_on > latest:
        found.append(Fault("activated_on", "in-the-future", f"{form.activated_on} has not come yet"))
    if kind == "trunking":
        if not form.activated_on:
            found.append(Fault("activated_on", "missing", "give the date of activation, YYYY-MM-DD"))
        if not form.trunk_group:
            found.append(Fault("trunk_group", "missing", "give the name of the trunk group as built"))
        if not form.numbers_confirmed:
            found.append(Fault("numbers_confirmed", "not-confirmed", "confirm that the numbers ring: true"))
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
