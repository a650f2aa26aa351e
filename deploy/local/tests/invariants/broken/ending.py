"""What breaks invariant 5."""

from datetime import timedelta

from ..changes import Break, drop, edit, order
from ..made import NOW, a_message

A_WHILE_AGO = NOW - timedelta(minutes=2)
LETTER_GONE = "fallen is held after its undo and no dead letter waits for an operator"
BREAKS = [
    Break(
        "5",
        "hosted is completed and has open tickets: order",
        lambda at: edit(at.tickets, {"ticket_id": 1}, state="inProgress"),
    ),
    Break(
        "5",
        "fallen is held and has open tickets: trunking",
        lambda at: edit(at.tickets, {"ticket_id": 3}, order_id="fallen"),
    ),
    Break(
        "5",
        "faxing is completed and has open tickets: setup",
        lambda at: edit(at.tickets, {"ticket_id": 6}, state="pending"),
    ),
    Break(
        "5",
        "refused is failed and has open tickets: order, trunking",
        lambda at: edit(at.tickets, {"order_id": "refused"}, state="inProgress"),
    ),
    Break("5", LETTER_GONE, lambda at: drop(at.letters, dl_id="fallen-1")),
    Break("5", LETTER_GONE, lambda at: edit(at.letters, {"dl_id": "fallen-1"}, kind="message")),
    Break("5", LETTER_GONE, lambda at: edit(at.letters, {"dl_id": "fallen-1"}, state="discarded")),
    Break("5", "going is acknowledged, waits for nothing and is due never", lambda at: order(at, "going", due=None)),
    Break(
        "5",
        "going is acknowledged, was due at 2026-02-02 23:58:00+00:00 and nobody has looked",
        lambda at: order(at, "going", due=A_WHILE_AGO),
    ),
    Break("5", "fallen is held, waits, and does not say for what", lambda at: order(at, "fallen", reason="")),
    Break("5", "trunking is inProgress, waits, and does not say for what", lambda at: order(at, "trunking", reason="")),
    Break(
        "5",
        "going is pending, waits, and does not say for what",
        lambda at: order(at, "going", state="pending", due=None),
    ),
    Break(
        "5",
        "going is pendingCancellation, waits, and does not say for what",
        lambda at: order(at, "going", state="pendingCancellation", phase="stuck", due=None),
    ),
    Break(
        "5",
        "did-inventory lets numbers.commands of going wait and does not say why",
        lambda at: at.messages["did-inventory"].append(a_message("waiting", "going", "")),
    ),
    Break(
        "5",
        "catalog lets numbers.commands of going wait and does not say why",
        lambda at: at.messages.update(catalog=[a_message("waiting", "going", None)]),
    ),
    Break(
        "5",
        "ticketing has not sent numbers.commands of going since 2026-02-02 23:58:00+00:00",
        lambda at: at.messages.update(ticketing=[a_message("outbox", "going", "not sent", A_WHILE_AGO)]),
    ),
    Break(
        "5",
        "ticketing has not sent numbers.commands of no-order since 2026-02-02 23:58:00+00:00",
        lambda at: at.messages.update(ticketing=[a_message("outbox", "no-order", "not sent", A_WHILE_AGO)]),
    ),
    Break(
        "5",
        "ticketing has set aside numbers.commands of going, and no dead letter says so",
        lambda at: at.messages.update(ticketing=[a_message("unsendable", "going", "unsendable dl-9", A_WHILE_AGO)]),
    ),
]
UNREAD = [
    Break(
        "5b",
        "catalog has not read 1 records of catalog.commands",
        lambda at: setattr(at, "unread", {("catalog", "catalog.commands"): 1, ("ticketing", "tickets.commands"): 0}),
    ),
]
