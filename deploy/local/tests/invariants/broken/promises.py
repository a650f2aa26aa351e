"""What breaks invariant 8."""

from typing import Any

from ..changes import Break, Change, drop, edit, group, order
from ..made import a_backorder

PROMISED = "hosted promised 2 seats Enterprise Standard, and"
NO_SETUP = "item 1 of faxing is completed and its setup ticket has no proof"
NO_PROOF = "trunking item 3 of hosted is completed and its ticket has no proof"


def unproven(ticket_id: int = 4, **missing: Any) -> Change:
    return lambda at: edit(at.tickets, {"ticket_id": ticket_id}, **missing)


BREAKS = [
    Break(
        "8",
        "hosted is completed and its item 2 is inProgress",
        lambda at: edit(at.order_items, {"package": "Auto Attendant"}, state="inProgress"),
    ),
    Break(
        "8",
        "hosted is completed and its item 2 is failed",
        lambda at: edit(at.order_items, {"package": "Auto Attendant"}, state="failed"),
    ),
    Break(
        "8",
        "hosted is partial and its item 2 is held",
        lambda at: (
            edit(at.order_items, {"package": "Auto Attendant"}, state="held"),
            order(at, "hosted", state="partial"),
        ),
    ),
    Break(
        "8",
        "hosted is completed and 2 of its numbers never came",
        lambda at: at.backorders.append(a_backorder("hosted", 2)),
    ),
    Break("8", f"{PROMISED} it has 1 users", lambda at: drop(at.order_users, user_id="u-2")),
    Break(
        "8",
        f"{PROMISED} its ledger has 1 users",
        lambda at: edit(at.effects, {"user_id": "u-2"}, state="found"),
    ),
    Break(
        "8", f"{PROMISED} its ledger has 1 users", lambda at: edit(at.effects, {"user_id": "u-2"}, package="Power User")
    ),
    Break("8", f"{PROMISED} BroadWorks has 1 users", lambda at: group(at).users["u-2"].packs.clear()),
    Break("8", f"{PROMISED} BroadWorks has 1 users", lambda at: group(at).users.pop("u-2")),
    Break(
        "8",
        "+1 of user u-1 is not assigned to hosted",
        lambda at: edit(at.numbers, {"number": "+1"}, status="reserved"),
    ),
    Break(
        "8",
        "+1 of user u-1 is not assigned to hosted",
        lambda at: edit(at.numbers, {"number": "+1"}, order_id="trunking"),
    ),
    Break(
        "8",
        "+1 of user u-1 is not assigned to hosted",
        lambda at: (
            order(at, "hosted", state="inProgress", phase="running", asked=["backorder"]),
            edit(at.numbers, {"number": "+1"}, status="reserved"),
        ),
    ),
    Break("8", "+1 of user u-1 is not in the group of hosted", lambda at: group(at).numbers.pop("+1")),
    Break("8", "+1 is not on user u-1 of hosted", lambda at: setattr(group(at).users["u-1"], "phone_number", None)),
    Break("8", NO_PROOF, unproven(outcome="cannot-do")),
    Break("8", NO_PROOF, unproven(activated_on=None)),
    Break("8", NO_PROOF, unproven(trunk_group="")),
    Break("8", NO_PROOF, unproven(numbers_confirmed=False)),
    Break("8", NO_PROOF, unproven(kind="order")),
    Break("8", NO_PROOF, unproven(run=1)),
    Break("8", NO_PROOF, lambda at: drop(at.tickets, ticket_id=4)),
    Break("8", NO_SETUP, unproven(6, outcome="cannot-do")),
    Break("8", NO_SETUP, unproven(6, activated_on=None)),
    Break("8", NO_SETUP, unproven(6, kind="order")),
    Break("8", NO_SETUP, unproven(6, run=2)),
    Break("8", NO_SETUP, lambda at: drop(at.tickets, ticket_id=6)),
]
RINGING = [
    Break("8b", "hosted promised 1 Auto Attendant, and its group has 0", lambda at: group(at).instances.clear()),
    Break(
        "8b",
        "hosted promised 3 Auto Attendant, and its group has 2",
        lambda at: (
            edit(at.order_items, {"package": "Auto Attendant"}, quantity=3),
            group(at).users["u-9"].services.append("Auto Attendant"),
        ),
    ),
    Break("8b", "user u-1 of hosted has no device", lambda at: group(at).users["u-1"].devices.clear()),
    Break(
        "8b",
        "user u-2 of hosted has no voice mail box",
        lambda at: setattr(group(at).users["u-2"], "voice_mail", False),
    ),
]
