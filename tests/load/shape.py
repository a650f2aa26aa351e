"""What the floor moves per trunking order: the messages and rows of ours, with the sizes measured in the same run."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from random import Random
from typing import Any

from tests.load.meters import MessageSize

SUBMISSION = "S"
# One letter per command; a reply carries the letter of its command. Stages run one after the other, as in the saga.
# A trunk and its numbers are assigned and billed when people have built it: that is another day.
STAGES = ("pr", "t")
PRICE, RESERVE, TICKETS = "p", "r", "t"
WORKERS = ("order-intake", "catalog", "did-inventory", "broadsoft-provisioner", "ticketing")
WORKER_OF = {
    PRICE: "catalog",
    RESERVE: "did-inventory",
    TICKETS: "ticketing",
}
SUBMISSIONS, REPLIES, EVENTS = "floor.submissions", "floor.replies", "floor.events"
COMMANDS = {name: f"floor.{name}" for name in WORKERS[1:]}
TOPICS = (SUBMISSIONS, REPLIES, EVENTS, *COMMANDS.values())


@dataclass(slots=True)
class Size:
    value: int
    headers: int
    header_count: int


@dataclass(slots=True)
class Shape:
    """Bytes per message, and rows per order of each kind of table."""

    sizes: dict[str, Size] = field(
        default_factory=lambda: {
            "S": Size(900, 500, 10),
            "command": Size(300, 480, 12),
            "reply": Size(300, 520, 13),
            "event": Size(500, 330, 10),
        }
    )
    events_at_start: int = 2
    accounts: int = 1
    lines: int = 2  # charges inserted when priced
    numbers: int = 2
    tickets: int = 4  # tickets and the lines of their history
    order_bytes: int = 2500  # subject and progress of an order

    def messages(self) -> int:
        commands = sum(len(stage) for stage in STAGES)
        return 1 + 2 * commands + self.events_at_start

    def rows(self) -> dict[str, int]:
        """Rows written per order, by what is done to them; a reply that is alone in its batch updates the order."""
        commands = sum(len(stage) for stage in STAGES)
        return {
            "inbox": 1 + 2 * commands,
            "outbox written and deleted": self.messages() - 1,
            "order inserted": 1,
            "order updated, at most": commands,
            "accounts inserted": self.accounts,
            "accounts updated": self.accounts,
            "billing and charges inserted": 1 + self.lines,
            "numbers updated": self.numbers,
            "tickets inserted": self.tickets,
        }

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def filler(size: int) -> str:
    """Text that looks like ours to a compressor: JSON with names that repeat and values that do not."""
    values = Random(size)
    lines: list[str] = []
    while sum(len(line) for line in lines) < size:
        lines.append(
            f'{{"at":"2026-{values.randrange(10**14):014}Z","what":"sent","step":"{values.randrange(10**6)}"}},'
        )
    return "".join(lines)[:size]


def shape_from(data: Mapping[str, Any]) -> Shape:
    return Shape(**{**data, "sizes": {name: Size(**size) for name, size in data["sizes"].items()}})


def measured(messages: Mapping[str, MessageSize], rows: Mapping[str, float]) -> Shape:
    """The floor's shape from what one drive of trunking orders moved."""
    shape = Shape()
    groups = {
        "S": [one for name, one in messages.items() if name.startswith("orders.submissions")],
        "command": [one for name, one in messages.items() if name.split(" ", 1)[0].endswith(".commands")],
        "reply": [one for name, one in messages.items() if name.startswith("orders.replies")],
        "event": [one for name, one in messages.items() if name.split(" ", 1)[0].endswith(".events")],
    }
    for name, group in groups.items():
        total = sum(one.per_order for one in group)
        if total:
            shape.sizes[name] = Size(
                round(sum(one.value * one.per_order for one in group) / total),
                round(sum(one.headers * one.per_order for one in group) / total),
                round(sum(one.header_count * one.per_order for one in group) / total),
            )
    shape.events_at_start = round(sum(one.per_order for name, one in messages.items() if name.startswith("orders.ev")))
    shape.accounts = round(rows.get("order-intake.accounts", shape.accounts))
    shape.lines = round(rows.get("catalog.charges", shape.lines))
    shape.tickets = round(rows.get("ticketing.tickets", 2) + rows.get("ticketing.history", 2))
    return shape
