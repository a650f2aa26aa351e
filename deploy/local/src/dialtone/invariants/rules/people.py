"""Invariant 7: who did it, when, and why."""

from collections import Counter
from collections.abc import Iterator

from dialtone.invariants.snapshot import Snapshot

# The acts that close a dead letter.
FITTING = {"replayed": ("replay", "edit and replay"), "released": ("release",), "discarded": ("discard",)}


def closed_letters_have_an_act(at: Snapshot) -> Iterator[str]:
    acts = {(act.dl_id, act.action) for act in at.acts if act.who and act.why and act.at}
    for letter in at.letters:
        fitting = FITTING.get(letter.state, ())
        if letter.state != "open" and not any((letter.dl_id, action) in acts for action in fitting):
            yield f"dead letter {letter.dl_id} was {letter.state} and nobody wrote down who and why"


def runs_have_a_replay(at: Snapshot) -> Iterator[str]:
    """An order runs again only when one of its dead letters is replayed."""
    replayed = Counter(one.order_id for one in at.letters if one.kind == "order" and one.state == "replayed")
    for order in at.judged():
        if order.run - 1 > replayed[order.order_id]:
            yield f"{order.order_id} is in run {order.run} and was replayed {replayed[order.order_id]} times"


def resolved_tickets_have_an_act(at: Snapshot) -> Iterator[str]:
    resolved = [act for act in at.ticket_acts if act.what.startswith("resolved")]
    acts = {act.ticket_id for act in resolved if act.who and act.why and act.at}
    for ticket in at.tickets:
        if ticket.outcome and ticket.ticket_id not in acts:
            yield f"ticket {ticket.ticket_id} was resolved and nobody wrote down who and why"
