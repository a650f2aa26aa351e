"""What `OpenTickets` and `OpenSetupTicket` open, and which tickets a replay of the order brings back."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from contracts.tickets import Detail, OpenSetupTicket, OpenTickets
from ticketing.domain.kinds import BUILT_BY_PEOPLE
from ticketing.domain.resolving import earlier_resolution_text
from ticketing.domain.states import move
from ticketing.domain.tickets import Change, Key, Request, Ticket

Opens = OpenTickets | OpenSetupTicket
_SECRET = re.compile(r"password|passwd|passphrase|secret|token|(?<![a-z])pin(?![a-z])", re.IGNORECASE)
WITHHELD = "(withheld: tickets carry no secrets)"


@dataclass(slots=True)
class Opening:
    """`new` is in the order of the requests; `changes` has one change per ticket."""

    new: dict[Key, tuple[Opens, Request]] = field(default_factory=dict)
    changes: dict[int, Change] = field(default_factory=dict)


def decide_opening(commands: Sequence[Opens], standing: Iterable[Ticket]) -> Opening:
    """`standing` are the tickets that the orders of the commands have."""
    known = {ticket.key: ticket for ticket in standing}
    opening = Opening()
    for command in commands:
        for key, request in requests(command).items():
            if key not in known:
                opening.new.setdefault(key, (command, request))
            elif change := change_for_newer_run(known[key], request, command.run):
                opening.changes[change.ticket.ticket_id] = change
                known[key] = change.ticket
    return opening


def change_for_newer_run(ticket: Ticket, request: Request, run: int) -> Change | None:
    """A newer run refreshes what is open and reopens what was cancelled, because the order may have been edited.

    So it does with trunks and setups that people have resolved: what they built, or could not build, was for the
    earlier order or its numbers. The same run changes nothing: its late repeat must not bring back what its undo has
    cancelled, nor what people have done since.
    """
    if run <= ticket.run:
        return None
    if ticket.is_open:
        return Change(replace(ticket, run=run), "updated", f"Run {run} of the order asks for it.", request)
    if ticket.state == "cancelled" or (ticket.state == "resolved" and ticket.kind in BUILT_BY_PEOPLE):
        reopened = replace(ticket, run=run, state=move(ticket.state, "acknowledged"), resolution=None)
        before = [earlier_resolution_text(ticket.resolution)] if ticket.resolution else []
        return Change(reopened, "reopened", " ".join([f"Run {run} of the order asks for it again.", *before]), request)
    return None


def requests(command: Opens) -> dict[Key, Request]:
    """Its requests by the ticket they mean; the first counts where two mean the same."""
    if isinstance(command, OpenSetupTicket):
        return {(command.order_id, "", "setup"): command}
    found: dict[Key, Request] = {}
    for request in command.tickets:
        found.setdefault((command.order_id, request.item_id, request.kind), request)
    return found


def details_without_secrets(request: Request) -> list[Detail]:
    """The lines of the ticket; a value whose name announces a secret is left out, unless it names a vault entry."""
    return [
        detail.model_copy(update={"value": WITHHELD})
        if _SECRET.search(detail.name) and "vault" not in detail.name.lower()
        else detail
        for detail in request.details
    ]
