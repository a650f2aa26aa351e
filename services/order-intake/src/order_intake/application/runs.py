"""Runs of orders: load and lock, let the engine decide, store the outcome and send what it says, in one transaction."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from chassis.messaging.incoming import Record, step_message_id
from chassis.messaging.outbox import shard
from chassis.messaging.outgoing import Outgoing, pack, span
from chassis.messaging.unit import Unit
from chassis.saga import progress as progresses
from chassis.saga.engine import Engine, Move
from chassis.saga.progress import Progress, Sending
from contracts.envelope import Envelope
from contracts.orders import OrderState, OrderStateChanged
from order_intake.application import measures
from order_intake.application.fallout import fallout
from order_intake.domain.edge import explanation, order_state
from order_intake.domain.order_states import FINAL, path
from order_intake.domain.provisioning import DEFINITIONS
from order_intake.domain.subject import Subject
from order_intake.store import accounts, dead_letters, orders
from order_intake.store.orders import OrderRow, SavedOrder

SOURCE = "order-intake"
STALLED_PAUSE = timedelta(seconds=5)
Change = Callable[[Engine[Subject], Subject, Progress, datetime], Move[Subject]]
log = structlog.get_logger()


@dataclass(slots=True)
class Run:
    """One order in memory while a batch changes it."""

    row: OrderRow
    loaded: Subject
    subject: Subject
    before: Progress
    progress: Progress
    sending: list[Sending]
    changed: bool = False
    state: OrderState | None = None

    @classmethod
    def of(cls, row: OrderRow) -> "Run":
        progress = progresses.decode(row.progress)
        subject = Subject.model_validate_json(row.subject)
        return cls(row, subject, subject, progress, progress, [])

    def take(self, move: Move[Subject]) -> None:
        if move.changed:
            self.subject, self.progress, self.changed = move.subject, move.progress, True
            self.sending += move.sending


class Runs:
    """`patience` multiplies the saga's deadlines."""

    def __init__(self, *, patience: float = 1.0) -> None:
        self._engines = {version: Engine(saga, patience=patience) for version, saga in DEFINITIONS.items()}
        self.newest = self._engines[max(self._engines)]

    async def change(self, unit: Unit, changes: Sequence[tuple[str, Change]]) -> set[str]:
        """Apply changes in order, each to the order it names. Answers those that could go on: not the ended ones."""
        rows = await orders.lock(unit.connection, sorted({order_id for order_id, _ in changes}))
        runs = {row.order_id: Run.of(row) for row in rows}
        for order_id, change in changes:
            run = runs.get(order_id)
            if run is None or run.row.state in FINAL:
                log.info("no order that could go on", order_id=order_id)
                continue
            engine = self._engines[run.progress.version]
            run.take(change(engine, run.subject, run.progress, unit.now))
        await self.store(unit, runs.values())
        return {order_id for order_id, run in runs.items() if run.row.state not in FINAL}

    async def wake_due(self, unit: Unit, limit: int = 200, stalled: Collection[int] = ()) -> int:
        """Deadlines and gates whose time has come; answers how many orders were looked at.

        Orders whose outbox shard is `stalled` wait: what they sent has not gone out, so nobody can have answered.
        """
        due = await orders.lock_due(unit.connection, limit, unit.now)
        waiting = [row for row in due if shard(row.order_id.encode()) in stalled]
        later = unit.now + STALLED_PAUSE
        await orders.set_due(unit.connection, [(row.order_id, later) for row in waiting])
        rows = [row for row in due if row not in waiting]
        try:
            async with unit.connection.transaction():
                await self._wake(unit, rows)
        except Exception as error:
            log.exception("orders are woken one by one", exc_info=error)
            unit.outgoing.clear()
            unit.after.clear()
            for row in rows:
                await self._wake_alone(unit, row)
        return len(due)

    async def _wake(self, unit: Unit, rows: Sequence[OrderRow]) -> None:
        runs = [Run.of(row) for row in rows]
        for run in runs:
            run.take(self._engines[run.progress.version].timed_out(run.subject, run.progress, unit.now))
        await self.store(unit, runs)
        await orders.set_due(unit.connection, [(run.row.order_id, run.progress.due) for run in runs])

    async def _wake_alone(self, unit: Unit, row: OrderRow) -> None:
        """An order that cannot be woken is looked at again later and keeps nobody else waiting."""
        sent, after = len(unit.outgoing), len(unit.after)
        try:
            async with unit.connection.transaction():
                await self._wake(unit, [row])
        except Exception as error:
            log.exception("order cannot be woken", order_id=row.order_id, exc_info=error)
            del unit.outgoing[sent:], unit.after[after:]
            await orders.postpone(unit.connection, row.order_id)

    async def store(self, unit: Unit, runs: Iterable[Run]) -> None:
        changed = [run for run in runs if run.changed]
        saved = [self._settle(run, unit) for run in changed]
        await orders.save(unit.connection, saved)
        await self._accounts(unit, changed, saved)
        fallen = [run for run in changed if is_fallout(run.progress) and not is_fallout(run.before)]
        letters: list[Record] = [fallout(run.row, run.subject, run.progress, unit.now) for run in fallen]
        await dead_letters.add(unit.connection, letters)
        for letter in letters:
            unit.send(Outgoing(letter.topic, letter.key, letter.value, list(letter.headers)))
        for run in changed:
            for one in run.sending:
                unit.send(command(run.row.order_id, run.progress.run, one, unit.now))
            unit.after.append(partial(measures.noted, run.before, run.progress))

    def _settle(self, run: Run, unit: Unit) -> SavedOrder:
        """The state at the edge follows the run, through every state TMF622 has between."""
        goal = run.state or order_state(run.subject, run.progress)
        reason = explanation(run.progress)
        for state in path(run.row.state, goal):
            unit.emit(
                OrderStateChanged(
                    order_id=run.row.order_id,
                    partner_id=run.row.partner_id,
                    external_id=run.row.external_id,
                    run=run.progress.run,
                    state=state,
                    reason=reason if state == goal else "",
                    at=unit.now,
                )
            )
        return SavedOrder(
            order_id=run.row.order_id,
            state=goal,
            reason=reason,
            run=run.progress.run,
            subject=run.subject.model_dump_json() if run.subject is not run.loaded else None,
            progress=progresses.encode(run.progress),
            phase=run.progress.phase,
            due=run.progress.due,
            ended=goal in FINAL,
        )

    async def _accounts(self, unit: Unit, runs: Sequence[Run], saved: Sequence[SavedOrder]) -> None:
        """Past the pivot the accounts of the order exist; an order that ended without gives its names back."""
        past = [run for run in runs if self._past(run.progress) and not self._past(run.before)]
        await accounts.activate(unit.connection, [run.row.order_id for run in past])
        built = [run.subject for run in past if run.subject.group is not None]
        await accounts.mark_built(unit.connection, [one.customer_id for one in built])
        await accounts.mark_built(unit.connection, [one.enterprise_id for one in built])
        gone = [one.order_id for one in saved if one.state in ("cancelled", "failed")]
        await accounts.withdraw(unit.connection, gone)

    def _past(self, progress: Progress) -> bool:
        return self._engines[progress.version].past_pivot(progress)


def is_fallout(progress: Progress) -> bool:
    return progress.phase == "compensated" and progress.ending == "fallout"


def command(order_id: str, run: int, sending: Sending, now: datetime) -> Outgoing:
    """A command under its own id: the same step and attempt always have the same one, so a re-send is a duplicate."""
    saga = f"{order_id}:{run}"
    envelope = Envelope(
        id=f"{step_message_id(saga, sending.step, sending.direction)}:{sending.attempt}",
        type=sending.command.ce_type,
        source=SOURCE,
        key=order_id,
        time=now,
        saga=saga,
        step=sending.step,
        direction=sending.direction,
        traceparent=trace(order_id),
    )
    return pack(sending.command, envelope)


def trace(order_id: str) -> str:
    """An order is its own trace, so whoever has the order id has the trace id."""
    return span(f"00-{order_id.replace('-', '')}-{'0' * 16}-01")


def attempt_of(command_id: str) -> int:
    """The attempt a reply answers, from the id of its command; 0 when it is no id of ours."""
    tail = command_id.rsplit(":", 1)[-1]
    return int(tail) if tail.isdigit() else 0
