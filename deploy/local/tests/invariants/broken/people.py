"""What breaks invariant 7."""

from typing import Any

from dialtone.invariants.rows import Act

from ..changes import Break, Change, drop, edit, order
from ..made import NOW

LETTER = "dead letter hosted-1 was replayed and nobody wrote down who and why"
DISCARDED = "dead letter fallen-1 was discarded and nobody wrote down who and why"
NO_REPLAY = "hosted is in run 2 and was replayed 0 times"
TICKET = "ticket 4 was resolved and nobody wrote down who and why"


def unsigned_act(**missing: Any) -> Change:
    return lambda at: edit(at.acts, {"dl_id": "hosted-1"}, **missing)


def unsigned_resolution(**missing: Any) -> Change:
    return lambda at: edit(at.ticket_acts, {"ticket_id": 4, "who": "ops"}, **missing)


def discarded(*actions: str) -> Change:
    """The dead letter of the order `fallen`, with these acts."""
    acts = [Act("fallen", "fallen-1", "ops", action, "hopeless", NOW) for action in actions]
    return lambda at: (
        edit(at.letters, {"dl_id": "fallen-1"}, state="discarded"),
        order(at, "fallen", state="failed"),
        at.acts.extend(acts),
    )


BREAKS = [
    Break("7", LETTER, lambda at: at.acts.clear()),
    Break("7", LETTER, unsigned_act(who="")),
    Break("7", LETTER, unsigned_act(why="")),
    Break("7", LETTER, unsigned_act(at=None)),
    Break("7", LETTER, unsigned_act(action="discard")),
    Break("7", LETTER, unsigned_act(action="resume")),
    Break("7", DISCARDED, discarded("replay")),
    Break("7", DISCARDED, discarded("edit and replay")),
    Break("7", DISCARDED, discarded()),
    Break("7", "hosted is in run 3 and was replayed 1 times", lambda at: order(at, "hosted", run=3)),
    Break("7", NO_REPLAY, lambda at: drop(at.letters, dl_id="hosted-1")),
    Break("7", NO_REPLAY, lambda at: edit(at.letters, {"dl_id": "hosted-1"}, kind="message")),
    Break(
        "7",
        NO_REPLAY,
        lambda at: (
            edit(at.letters, {"dl_id": "hosted-1"}, state="discarded"),
            edit(at.acts, {"dl_id": "hosted-1"}, action="discard"),
        ),
    ),
    Break("7", TICKET, lambda at: drop(at.ticket_acts, ticket_id=4)),
    Break("7", TICKET, unsigned_resolution(who="")),
    Break("7", TICKET, unsigned_resolution(why="")),
    Break("7", TICKET, unsigned_resolution(at=None)),
    Break("7", TICKET, unsigned_resolution(what="comment")),
]
