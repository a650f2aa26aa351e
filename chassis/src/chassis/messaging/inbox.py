"""What was handled before, with the reply it got: a message seen again changes nothing and gets its reply again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from operator import attrgetter

from prometheus_client import Counter

from chassis.messaging.incoming import Incoming, step_message_id
from chassis.runtime.database import Connection, Pool
from contracts.message import Command
from contracts.topics import INBOX_RETENTION

DUPLICATES = Counter("inbox_duplicates_total", "Deliveries seen before.", ["service"])

# What is known of a batch: handled messages, undos of its steps, and what waits under its keys.
LOOK_UP = """
SELECT message_id, mark, reply_type, reply, NULL AS waiting FROM inbox
WHERE message_id = ANY($1::text[]) OR mark = ANY($2::text[])
UNION ALL
SELECT message_id, mark, NULL, NULL, key FROM waiting WHERE key = ANY($3::text[])
"""
# What a batch has handled, with the replies.
REMEMBER = """
INSERT INTO inbox (message_id, mark, reply_type, reply)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[])
"""
# A few thousand rows that no topic and no replay can bring again.
PRUNE = """
DELETE FROM inbox WHERE message_id IN (SELECT message_id FROM inbox WHERE received_at < now() - $1::interval LIMIT 5000)
"""


@dataclass(slots=True)
class Handled:
    """What the inbox keeps of one message."""

    message_id: str
    mark: str | None
    reply_type: str | None = None
    reply: bytes | None = None


@dataclass(slots=True)
class Known:
    """What the database knows about a batch: handled messages, undone steps, and keys with waiting messages."""

    handled: dict[str, Handled]
    undone: set[str]
    waiting: dict[str, set[str]]

    def bars(self, one: Incoming) -> bool:
        """Was the undo of this very do handled?"""
        return undo_of(one) in self.undone

    def settles(self, one: Incoming) -> bool:
        """Is there nothing to be done for it but an answer?"""
        return one.id in self.handled or self.bars(one)


def is_command(one: Incoming, direction: str) -> bool:
    """Replies carry the step and direction of their command too, but only commands do and undo."""
    return one.envelope.direction == direction and isinstance(one.message, Command)


def undo_of(one: Incoming) -> str | None:
    """The mark of the undo of a do; None for every other message."""
    return one.counterpart("undo") if is_command(one, "do") else None


def mark_of(one: Incoming) -> str | None:
    """Step and direction of a command of a saga; None for every other message."""
    envelope = one.envelope
    if not envelope.direction or not isinstance(one.message, Command):
        return None
    return step_message_id(envelope.saga, envelope.step, envelope.direction)


async def look_up(connection: Connection, batch: Sequence[Incoming]) -> Known:
    """In one statement for the whole batch."""
    rows = await connection.fetch(
        LOOK_UP,
        [one.id for one in batch],
        [undo for one in batch if (undo := undo_of(one))],
        list({one.key for one in batch}),
    )
    known = Known({}, set(), {})
    for message_id, mark, reply_type, reply, waiting_key in rows:
        if waiting_key is not None:
            known.waiting.setdefault(waiting_key, set()).add(mark or message_id)
            continue
        known.handled[message_id] = Handled(message_id, mark, reply_type, reply)
        if mark:
            known.undone.add(mark)
    return known


async def remember(connection: Connection, handled: Sequence[Handled]) -> None:
    """Raises asyncpg.UniqueViolationError when another process handled one of them meanwhile: start over.

    In order of ids: two processes may have got the same messages in different order.
    """
    handled = sorted(handled, key=attrgetter("message_id"))
    if handled:
        await connection.execute(
            REMEMBER,
            [one.message_id for one in handled],
            [one.mark for one in handled],
            [one.reply_type for one in handled],
            [one.reply for one in handled],
        )


async def prune(pool: Pool, older_than: timedelta = INBOX_RETENTION) -> int:
    """Forget what no topic and no replay can bring again; returns how many rows went."""
    gone = 0
    while True:
        done = int((await pool.execute(PRUNE, older_than)).split()[-1])
        gone += done
        if done == 0:
            return gone
