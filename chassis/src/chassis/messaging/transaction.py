"""The one transaction: inbox rows, domain changes and outbox rows of a whole batch, committed together."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

from asyncpg.exceptions import InterfaceError
from prometheus_client import Counter, Histogram

from chassis.errors import Transient, said_by
from chassis.messaging import inbox, outbox, waiting
from chassis.messaging.inbox import Handled, Known
from chassis.messaging.incoming import Incoming
from chassis.messaging.outgoing import Outgoing, pack, reply_envelope
from chassis.messaging.service import Handler, Service
from chassis.messaging.unit import Unit
from chassis.runtime.database import Connection
from chassis.runtime.settings import ServiceSettings
from contracts.errors import StepAlreadyUndone
from contracts.message import MESSAGES, Command, Reply

HANDLED = Counter("messages_handled_total", "Messages by what became of them.", ["service", "message", "outcome"])
OUTCOMES = ("replied", "refused", "duplicate", "retried", "failed", "dead_lettered")
HANDLING = Histogram(
    "message_handling_seconds",
    "One call of a handler, for one message or a batch.",
    ["service", "message"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)


def count(service: str, one: Incoming, outcome: str) -> None:
    """To be called after the commit; `outcome` is one of OUTCOMES."""
    HANDLED.labels(service, type(one.message).__name__, outcome).inc()


def waves(batch: Iterable[Incoming], service: Service) -> Iterator[dict[Handler, list[Incoming]]]:
    """Groups by handler, cut where a key comes back for something else: the order of each key is kept."""
    wave: dict[Handler, list[Incoming]] = {}
    taken: dict[str, tuple[Handler, str]] = {}
    for one in batch:
        handler = service.handlers[type(one.message)]
        turn = (handler, one.envelope.direction if isinstance(one.message, Command) else "")
        if taken.setdefault(one.key, turn) != turn:
            yield wave
            wave, taken = {}, {one.key: turn}
        wave.setdefault(handler, []).append(one)
    if wave:
        yield wave


class Unreachable(Transient):
    """Something the handler talks to did not answer."""

    code = "unreachable"


@contextmanager
def unreachable_is_transient() -> Iterator[None]:
    """A handler's own time-out or broken connection concerns its message only, not the whole batch."""
    try:
        yield
    except (OSError, InterfaceError) as error:
        raise Unreachable(said_by(error)) from error


class Transaction:
    """Handles messages inside a transaction that the caller opened and commits."""

    def __init__(self, connection: Connection, service: Service, settings: ServiceSettings) -> None:
        self._connection, self._service, self._settings = connection, service, settings
        self._outgoing: list[Outgoing] = []
        self._after: list[Callable[[], None]] = []
        self._handled: dict[str, Handled] = {}

    async def run(self, batch: Sequence[Incoming], *, waited: bool = False) -> None:
        """Whatever a handler raises comes out of here, and the caller rolls back."""
        known = await inbox.look_up(self._connection, batch)
        free = waited or not (known.waiting or self._service.works_outside)
        todo = batch if free else await self._without_waiting(batch, known)
        await self._lock([one for one in todo if not known.settles(one)])
        for wave in waves(todo, self._service):
            for handler, group in wave.items():
                fresh = [one for one in group if self.is_new(one, known)]
                if fresh:
                    await self._call(handler, fresh)
        await self.finish()

    def committed(self) -> None:
        """To be called after the commit: only then do metrics count."""
        for counted in self._after:
            counted()

    def _count(self, one: Incoming, outcome: str) -> None:
        self._after.append(partial(count, self._service.name, one, outcome))

    async def finish(self) -> None:
        """Writes what was handled and what is to be sent; nothing of it was written before."""
        await inbox.remember(self._connection, list(self._handled.values()))
        await outbox.write(self._connection, self._outgoing)

    def record(self, one: Incoming, reply: Reply | None) -> None:
        """Remember a message and queue its reply."""
        entry = Handled(one.id, inbox.mark_of(one))
        if reply is not None:
            outgoing = pack(reply, reply_envelope(one.envelope, reply.ce_type, self._service.name, datetime.now(UTC)))
            entry.reply_type, entry.reply = reply.ce_type, outgoing.value
            self._outgoing.append(outgoing)
        self._handled[one.id] = entry
        self._count(one, "refused" if reply is not None and not reply.ok else "replied")

    def is_new(self, one: Incoming, known: Known) -> bool:
        """A duplicate gets its stored reply again; a do whose undo was seen is refused; the rest is new."""
        seen = known.handled.get(one.id) or self._handled.get(one.id)
        if seen is not None:
            self.send_again(one, seen)
            return False
        if known.bars(one) or self._has_undone(one):
            self.record(one, already_undone(one))
            return False
        return True

    def _has_undone(self, one: Incoming) -> bool:
        undo = inbox.undo_of(one)
        return undo is not None and any(undo == entry.mark for entry in self._handled.values())

    def send_again(self, one: Incoming, seen: Handled) -> None:
        """The stored reply goes out once more, under its own id; an event has none."""
        self._after.append(inbox.DUPLICATES.labels(self._service.name).inc)
        self._count(one, "duplicate")
        if seen.reply_type is None or seen.reply is None:
            return
        kind = MESSAGES[seen.reply_type]
        envelope = reply_envelope(one.envelope, seen.reply_type, self._service.name, datetime.now(UTC))
        headers = [(name, value.encode()) for name, value in envelope.headers().items()]
        self._outgoing.append(Outgoing(kind.topic, envelope.key.encode(), seen.reply, list(headers)))

    async def _call(self, handler: Handler, group: list[Incoming]) -> None:
        assert handler.many is not None
        fresh, again = _first_of_each(group)
        unit = Unit(self._connection, self._service.name, fresh, self._settings.clock)
        with HANDLING.labels(self._service.name, type(fresh[0].message).__name__).time(), unreachable_is_transient():
            replies = await handler.many([one.message for one in fresh], unit)
        if len(replies) != len(fresh):
            raise TypeError(f"{handler.name} answered {len(replies)} of {len(fresh)} messages")
        for one, reply in zip(fresh, replies, strict=True):
            self.record(one, reply)
        self._outgoing += unit.outgoing
        self._after += unit.after
        for one in again:
            self.send_again(one, self._handled[one.id])

    async def _lock(self, todo: Sequence[Incoming]) -> None:
        if self._service.lock is not None and todo:
            await self._service.lock([one.message for one in todo], self._connection)

    async def _without_waiting(self, batch: Sequence[Incoming], known: Known) -> list[Incoming]:
        """Those that need not wait; the others begin to, before anything else is locked.

        The undo of a step that waits wins over it; only where somebody has the do in hand, it comes after it.
        """
        undos = [(one.key, one.counterpart("do")) for one in batch if inbox.is_command(one, "undo")]
        met = [(key, do) for key, do in undos if do in known.waiting.get(key, ())]
        in_hand = await waiting.end_dos(self._connection, met) if met else set()
        begin = {one: None for one in batch if self._has_to_wait(one, known, in_hand)}  # in their order
        if begin:
            await waiting.add(self._connection, list(begin))
        return [one for one in batch if one not in begin]

    def _has_to_wait(self, one: Incoming, known: Known, in_hand: Collection[tuple[str, str]]) -> bool:
        """For its handler works outside, or behind a message of its key that waits."""
        marks = known.waiting.get(one.key, set())
        if inbox.is_command(one, "undo") and (one.key, one.counterpart("do")) not in in_hand:
            marks.discard(one.counterpart("do"))
        works_outside = self._service.handlers[type(one.message)].outside is not None
        if known.settles(one) or not (marks or works_outside):
            return False
        known.waiting.setdefault(one.key, set()).add(inbox.mark_of(one) or one.id)
        if marks:
            self._count(one, "retried")
        return True


def _first_of_each(group: list[Incoming]) -> tuple[list[Incoming], list[Incoming]]:
    """The same message twice in one batch is handled once."""
    fresh: dict[str, Incoming] = {}
    again: list[Incoming] = []
    for one in group:
        if one.id in fresh:
            again.append(one)
        else:
            fresh[one.id] = one
    return list(fresh.values()), again


def already_undone(one: Incoming) -> StepAlreadyUndone:
    """The refusal of a do whose undo came first."""
    command = one.message
    assert isinstance(command, Command)
    return StepAlreadyUndone(
        order_id=command.order_id,
        run=command.run,
        code="step-already-undone",
        reason=f"The undo of {one.envelope.step!r} came before it; nothing was done.",
    )
