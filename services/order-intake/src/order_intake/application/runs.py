"""Runs of orders: load and lock, let the engine decide, store the outcome and send what it says, in one transaction."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from chassis.messaging.incoming import Record
from chassis.messaging.outgoing import Outgoing
from chassis.messaging.unit import Unit
from chassis.runtime.clock import Clock
from chassis.saga import progress as progresses
from chassis.saga.engine import Engine
from chassis.saga.moves import Move
from chassis.saga.progress import Progress, Sending
from contracts.orders import Fault, OrderState, OrderStateChanged, OrderSubmitted, fewer_faults
from order_intake import measures
from order_intake.application.commands import command
from order_intake.application.fallout import fallout
from order_intake.domain.definitions import DEFINITIONS
from order_intake.domain.edge import explanation, is_fallout, order_state
from order_intake.domain.order_states import FINAL, path
from order_intake.domain.subject import Subject
from order_intake.store import accounts, dead_letters, orders
from order_intake.store.orders import NewOrder, OrderRow, SavedOrder

Change = Callable[[Engine[Subject], Subject, Progress, datetime], Move[Subject]]
log = structlog.get_logger()


@dataclass(slots=True)
class Run:
    """One order in memory while a batch changes it. `state` overrules the state that follows from the run."""

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
    """`patience` multiplies the saga's deadlines; `clock` says how far business time is ahead of real time.

    Runs begin by the definition of `version`, the newest one unless a deployment is still under way.
    """

    def __init__(self, clock: Clock, *, patience: float = 1.0, version: int = max(DEFINITIONS)) -> None:
        self._clock, self._patience, self._version = clock, patience, version
        self._ahead: timedelta | None = None
        self._engines: dict[int, Engine[Subject]] = {}

    @property
    def newest(self) -> Engine[Subject]:
        """By which runs begin."""
        return self._engine(self._version)

    def begin(self, unit: Unit, subject: Subject, fingerprint: str, warnings: tuple[Fault, ...] = ()) -> NewOrder:
        """The first run of an order, by the newest definition; tells the world and sends the first commands."""
        move = self.newest.start(subject, 1, unit.now)
        for sending in move.sending:
            unit.send(command(subject.order_id, 1, sending, unit.now))
        unit.emit(_submitted(subject, warnings))
        unit.after.append(measures.STARTED.labels(measures.SAGA).inc)
        form, progress = subject.form, move.progress
        return NewOrder(
            order_id=subject.order_id,
            partner_id=subject.partner_id,
            external_id=form.external_id,
            fingerprint=fingerprint,
            kind=form.kind,
            account_name=form.customer.account_name,
            state=order_state(move.subject, progress),
            subject=move.subject.model_dump_json(),
            progress=progresses.encode(progress),
            phase=progress.phase,
            due=progress.due,
            held_until=progress.held_until,
            submitted_at=unit.now,
        )

    async def change(self, unit: Unit, changes: Sequence[tuple[str, Change]]) -> set[str]:
        """Apply changes in order, each to the order it names. Answers those that could go on: not the ended ones."""
        rows = await orders.lock(unit.connection, sorted({order_id for order_id, _ in changes}))
        runs = {row.order_id: Run.of(row) for row in rows}
        for order_id, change in changes:
            run = runs.get(order_id)
            if run is None or run.row.state in FINAL:
                log.info("no order that could go on", order_id=order_id)
                continue
            run.take(change(self.engine(run.progress), run.subject, run.progress, unit.now))
        await self.store(unit, runs.values())
        return {order_id for order_id, run in runs.items() if run.row.state not in FINAL}

    def engine(self, progress: Progress) -> Engine[Subject]:
        """The engine of the definition that a run was started with."""
        return self._engine(progress.version)

    def _engine(self, version: int) -> Engine[Subject]:
        """An engine knows business time by a constant: others are made when it is moved."""
        if (ahead := self._clock.ahead) != self._ahead:
            made = {one: Engine(saga, patience=self._patience, ahead=ahead) for one, saga in DEFINITIONS.items()}
            self._ahead, self._engines = ahead, made
        return self._engines[version]

    async def store(self, unit: Unit, runs: Iterable[Run]) -> None:
        """Save those that changed, send what they say, and keep a dead letter of each that fell out."""
        changed = [run for run in runs if run.changed]
        saved = [_saved(run, unit) for run in changed]
        await orders.save(unit.connection, saved)
        await self._accounts(unit, changed, saved)
        fallen = [run for run in changed if is_fallout(run.progress) and not is_fallout(run.before)]
        letters: list[Record] = [fallout(run.row, run.subject, run.progress, unit) for run in fallen]
        await dead_letters.add(unit.connection, letters)
        for letter in letters:
            unit.send(Outgoing(letter.topic, letter.key, letter.value, list(letter.headers)))
        for run in changed:
            for one in run.sending:
                unit.send(command(run.row.order_id, run.progress.run, one, unit.now))
            unit.after.append(partial(measures.noted, run.before, run.progress))

    async def _accounts(self, unit: Unit, runs: Sequence[Run], saved: Sequence[SavedOrder]) -> None:
        """Past the pivot the accounts of the order exist; an order that ended without gives its names back."""
        past = [run for run in runs if self._past(run.progress) and not self._past(run.before)]
        stand = [run.row.order_id for run in past]
        gone = [one.order_id for one in saved if one.state in ("cancelled", "failed")]
        subjects = [run.subject for run in past if run.subject.group is not None]
        built = [account_id for one in subjects for account_id in (one.enterprise_id, one.customer_id)]
        await accounts.lock(unit.connection, [*stand, *gone], built)
        await accounts.activate(unit.connection, stand)
        await accounts.mark_built(unit.connection, built)
        await accounts.withdraw(unit.connection, gone)

    def _past(self, progress: Progress) -> bool:
        return self.engine(progress).past_pivot(progress)


def _saved(run: Run, unit: Unit) -> SavedOrder:
    """The state at the edge follows the run, through every state TMF622 has between."""
    goal = run.state or order_state(run.subject, run.progress)
    reason = explanation(run.subject, run.progress)
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
        held_until=run.progress.held_until,
        ended=goal in FINAL,
    )


def _submitted(order: Subject, warnings: tuple[Fault, ...]) -> OrderSubmitted:
    form = order.form
    return OrderSubmitted(
        order_id=order.order_id,
        partner_id=order.partner_id,
        external_id=form.external_id,
        kind=form.kind,
        enterprise=form.enterprise,
        account_name=form.customer.account_name,
        submitted_at=order.submitted_at,
        form=form,
        warnings=fewer_faults(warnings),
    )
