"""What breaks invariant 1."""

from ..changes import Break, drop, edit
from ..made import a_backorder, a_given_number, a_number

BREAKS = [
    Break("1", "+6 is assigned for gone, which is no order", lambda at: at.numbers.append(a_number("+6", "gone"))),
    Break(
        "1",
        "+6 is reserved for gone, which is no order",
        lambda at: at.numbers.append(a_number("+6", "gone", "reserved")),
    ),
    Break(
        "1",
        "+6 is held for gone, which is no order",
        lambda at: at.numbers.append(a_number("+6", "gone", "held")),
    ),
    Break(
        "1",
        "+6 is reserved for fallen, undone and held",
        lambda at: at.numbers.append(a_number("+6", "fallen", "reserved")),
    ),
    Break(
        "1",
        "+6 is assigned for cancelled, undone and cancelled",
        lambda at: at.numbers.append(a_number("+6", "cancelled")),
    ),
    Break(
        "1",
        "+6 is reserved for refused, undone and failed",
        lambda at: at.numbers.append(a_number("+6", "refused", "reserved", trunking=True)),
    ),
    Break(
        "1",
        "+1 is reserved for hosted, which is completed",
        lambda at: edit(at.numbers, {"number": "+1"}, status="reserved"),
    ),
    Break("1", "+1 is held by 2 orders", lambda at: at.order_numbers.append(a_given_number("going", "+1"))),
    Break(
        "1",
        "+2 is held by 2 orders",
        lambda at: at.order_numbers.append(a_given_number("going", "+2", delivered=True)),
    ),
    Break("1", "hosted is completed and has lost +1, +2", lambda at: drop(at.numbers, order_id="hosted")),
    Break(
        "1",
        "hosted is completed and has lost +2",
        lambda at: edit(at.numbers, {"number": "+2"}, order_id="trunking"),
    ),
    Break("1", "trunking is inProgress and has lost +3", lambda at: drop(at.numbers, number="+3")),
    Break(
        "1",
        "trunking is inProgress and has lost +3",
        lambda at: edit(at.numbers, {"number": "+3"}, order_id="going"),
    ),
    Break(
        "1",
        "+3 is assigned to trunking, of which no trunk is proven",
        lambda at: edit(at.numbers, {"number": "+3"}, status="assigned"),
    ),
    Break(
        "1",
        "+1 is assigned to hosted, of which no trunk is proven",
        lambda at: (
            edit(at.numbers, {"number": "+1"}, trunking=True),
            edit(at.tickets, {"ticket_id": 4}, outcome="cannot-do"),
        ),
    ),
    Break(
        "1",
        "refused (failed) still waits for 1 numbers",
        lambda at: edit(at.backorders, {"order_id": "refused"}, cancelled=False),
    ),
    Break("1", "fallen (held) still waits for 3 numbers", lambda at: at.backorders.append(a_backorder("fallen", 3))),
]
