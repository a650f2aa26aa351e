"""What breaks invariant 4."""

from ..changes import Break, edit, order
from ..made import PROOF, a_backorder, a_ticket, a_user, an_account, an_effect
from ..world import ADD_GROUP, ADD_USER

BREAKS = [
    Break(
        "4",
        "PO-hosted of partner p-1 was accepted 2 times",
        lambda at: order(at, "cancelled", external_id="PO-hosted"),
    ),
    Break(
        "4",
        "hosted has built group 2 times",
        lambda at: edit(at.effects, {"order_id": "hosted", "run": 1}, state="done"),
    ),
    Break(
        "4",
        "what the runs 1, 2 of hosted have built stands side by side",
        lambda at: at.effects.append(an_effect("hosted", 9, "user 1003", "done", ADD_USER, user_id="u-3")),
    ),
    Break(
        "4",
        "there are tickets of gone, which is no order",
        lambda at: at.tickets.append(a_ticket(9, "gone", "order", "acknowledged")),
    ),
    Break(
        "4",
        "there are tickets of gone, which is no order",
        lambda at: at.tickets.append(a_ticket(9, "gone", "trunking", "resolved", "1", **PROOF)),
    ),
    Break(
        "4", "there are backorders of gone, which is no order", lambda at: at.backorders.append(a_backorder("gone", 1))
    ),
    Break(
        "4",
        "there are effects in BroadWorks of gone, which is no order",
        lambda at: at.effects.append(an_effect("gone", 1, "group", "undone", ADD_GROUP)),
    ),
    Break(
        "4",
        "account c-9 was made by gone, which is no order",
        lambda at: at.accounts.append(an_account("c-9", "Customer", "g-9", "gone")),
    ),
    Break(
        "4",
        "trunking is in run 1 and has a billing of run 2",
        lambda at: edit(at.billing, {"order_id": "trunking"}, run=2),
    ),
    Break(
        "4",
        "trunking is in run 1 and has a ticket of run 2",
        lambda at: edit(at.tickets, {"ticket_id": 3}, run=2),
    ),
    Break(
        "4",
        "fallen is in run 1 and has a effect in BroadWorks of run 3",
        lambda at: edit(at.effects, {"order_id": "fallen", "key": "group"}, run=3),
    ),
    Break(
        "4",
        "trunking has 2 trunking tickets for one item",
        lambda at: at.tickets.append(a_ticket(9, "trunking", "trunking", "acknowledged", "1")),
    ),
    Break("4", "user u-1 was built by 2 orders", lambda at: at.order_users.append(a_user("trunking", "u-1"))),
]
