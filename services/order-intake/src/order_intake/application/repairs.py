"""What operators may do besides replaying: give up what failed, and let a stuck undo try again."""

from datetime import datetime

from chassis.messaging.unit import Unit
from chassis.saga.engine import Engine
from chassis.saga.moves import Move
from chassis.saga.progress import Progress
from order_intake import measures
from order_intake.application.replaying import Act, NotPossible
from order_intake.application.runs import Run, Runs
from order_intake.domain.edge import is_fallout
from order_intake.domain.subject import Subject
from order_intake.store import actions, dead_letters, orders
from order_intake.store.dead_letters import DeadLetter


async def discard(unit: Unit, runs: Runs, letter: DeadLetter, act: Act) -> None:
    """An order whose dead letter is discarded has failed for good. `letter` is locked and open."""
    if letter.kind == "order":
        for row in await orders.lock(unit.connection, [letter.order_id or ""]):
            run = Run.of(row)
            if is_fallout(run.progress):
                run.progress = run.progress.noted(unit.now, "discarded", detail=f"by {act.who}: {act.why}")
                run.changed, run.state = True, "failed"
                await runs.store(unit, [run])
    await dead_letters.close(unit.connection, letter.dl_id, "discarded", act.who)
    await actions.write(
        unit.connection, who=act.who, action="discard", why=act.why, order_id=letter.order_id, dl_id=letter.dl_id
    )
    unit.after.append(measures.REPLAYED.labels(unit.service, "discarded").inc)


async def resume(unit: Unit, runs: Runs, order_id: str, act: Act) -> None:
    """A stuck undo tries again. Raises NotPossible when no undo of the order is stuck."""
    stuck: list[bool] = []

    def change(engine: Engine[Subject], subject: Subject, progress: Progress, now: datetime) -> Move[Subject]:
        stuck.append(progress.phase == "stuck")
        return engine.resumed(subject, progress, now, act.who)

    going_on = await runs.change(unit, [(order_id, change)])
    if not any(stuck):
        known = going_on or await orders.lock(unit.connection, [order_id])
        raise NotPossible("nothing of this order is stuck", 409 if known else 404)
    await actions.write(unit.connection, who=act.who, action="resume", why=act.why, order_id=order_id)
