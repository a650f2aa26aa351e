"""What operators may do to what failed: replay it, edited or not, discard it, let a stuck undo try again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chassis.messaging import dead_letters as names
from chassis.messaging.outgoing import Outgoing, RawHeaders
from chassis.messaging.unit import Unit
from chassis.saga.engine import Engine, Move
from chassis.saga.progress import Progress
from contracts.orders import Fault, OrderForm
from order_intake.application import measures
from order_intake.application.runs import Run, Runs, is_fallout
from order_intake.domain.form_checks import faults
from order_intake.domain.subject import Subject
from order_intake.store import accounts, actions, dead_letters, orders

OURS = (names.REPLAYED_BY, names.REPLAY_OF, names.REPLAY_COUNT)


class NotPossible(Exception):
    """The act does not fit the state of things. `status` is the HTTP status, `faults` what an edited form breaks."""

    def __init__(self, detail: str, status: int = 409, faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.faults = [fault.model_dump() for fault in faults]


async def replay(
    unit: Unit, runs: Runs, letter: dict[str, Any], who: str, why: str, form: OrderForm | None, *, limit: int
) -> None:
    """Raises NotPossible. The letter is locked and open; it is closed in this transaction."""
    after = form.model_dump_json() if form else None
    before = None
    if letter["kind"] == "order":
        before = await _run_again(unit, runs, letter["order_id"], form, f"replayed by {who}: {why}")
    elif form is not None:
        raise NotPossible("only the dead letter of an order can be edited", 422)
    else:
        _publish_again(unit, letter, who, limit)
    await dead_letters.close(unit.connection, letter["dl_id"], "replayed", who)
    await _write(unit, letter, who, "replay" if form is None else "edit and replay", why, before, after)
    unit.after.append(measures.REPLAYED.labels("order-intake", "replayed").inc)


async def discard(unit: Unit, runs: Runs, letter: dict[str, Any], who: str, why: str) -> None:
    """An order whose dead letter is discarded has failed for good."""
    if letter["kind"] == "order":
        for row in await orders.lock(unit.connection, [letter["order_id"]]):
            run = Run.of(row)
            if is_fallout(run.progress):
                run.progress = run.progress.noted(unit.now, "discarded", detail=f"by {who}: {why}")
                run.changed, run.state = True, "failed"
                await runs.store(unit, [run])
    await dead_letters.close(unit.connection, letter["dl_id"], "discarded", who)
    await _write(unit, letter, who, "discard", why, None, None)
    unit.after.append(measures.REPLAYED.labels("order-intake", "discarded").inc)


async def resume(unit: Unit, runs: Runs, order_id: str, who: str, why: str) -> None:
    """Raises NotPossible when no undo of the order is stuck."""
    stuck: list[bool] = []

    def change(engine: Engine[Subject], subject: Subject, progress: Progress, now: datetime) -> Move[Subject]:
        stuck.append(progress.phase == "stuck")
        return engine.resumed(subject, progress, now, who)

    went_on = await runs.change(unit, [(order_id, change)])
    if not any(stuck):
        known = went_on or await orders.lock(unit.connection, [order_id])
        raise NotPossible("nothing of this order is stuck", 409 if known else 404)
    await actions.write(unit.connection, who=who, action="resume", why=why, order_id=order_id)


async def _run_again(unit: Unit, runs: Runs, order_id: str, form: OrderForm | None, note: str) -> str:
    """A new run of the same order, from the start, by the newest definition; answers the form as it was."""
    rows = await orders.lock(unit.connection, [order_id])
    if not rows:
        raise NotPossible(f"there is no order {order_id}", 404)
    run = Run.of(rows[0])
    if not is_fallout(run.progress) or run.row.state != "held":
        raise NotPossible(f"the order is {run.row.state}; only one that was undone can run again")
    before = run.subject.form
    subject = _fresh(run.subject, form or before, unit.now)
    built = await accounts.built(unit.connection, [subject.enterprise_id, subject.customer_id])
    update = {
        "enterprise_new": not built.get(subject.enterprise_id, False),
        "group_new": not built.get(subject.customer_id, False),
    }
    subject = subject.model_copy(update=update)
    move = runs.newest.start(subject, run.progress.run + 1, unit.now)
    earlier = run.progress.timeline
    run.take(replace(move, progress=_with_story(move.progress, earlier, note, unit.now)))
    unit.after.append(measures.STARTED.labels(measures.SAGA).inc)
    await runs.store(unit, [run])
    return before.model_dump_json()


def _fresh(subject: Subject, form: OrderForm, now: datetime) -> Subject:
    """The subject of the next run: the same order and accounts, nothing of what the last run was answered."""
    old = subject.form
    fixed = [
        (pointer, was)
        for pointer, was, now_is in (
            ("/external_id", old.external_id, form.external_id),
            ("/kind", old.kind, form.kind),
            ("/enterprise", old.enterprise, form.enterprise),
            ("/customer/account_name", old.customer.account_name, form.customer.account_name),
        )
        if was != now_is
    ]
    found = [
        Fault(pointer=where, code="fixed", detail=f"stays {was!r} when an order is replayed") for where, was in fixed
    ]
    if form != old:
        found += faults(form, now)
    if found:
        raise NotPossible("the edited form breaks a rule; nothing was replayed", 422, found)
    accepted = subject.location_accepted_at
    if form.e911.location != old.e911.location:
        accepted = now if form.e911.location is not None else None
    kept = subject.model_dump(
        include={
            "order_id",
            "partner_id",
            "submitted_at",
            "submitted_on",
            "enterprise_id",
            "customer_id",
            "service_provider_id",
            "group_id",
        }
    )
    return Subject(**kept, run=subject.run + 1, form=form, location_accepted_at=accepted)


def _with_story(progress: Progress, earlier: tuple[Any, ...], note: str, now: datetime) -> Progress:
    """The time line goes on: the story of the earlier runs stays in sight."""
    first = progress.but(timeline=earlier).noted(now, "replayed", detail=note)
    return progress.but(timeline=(*first.timeline, *progress.timeline))


def _publish_again(unit: Unit, letter: dict[str, Any], who: str, limit: int) -> None:
    """The message as it was, to where it came from; its id stays, so an inbox that knows it ignores it."""
    headers: RawHeaders = letter["headers"]
    told = dead_letters.text_headers(headers).get(names.REPLAY_COUNT, "")
    count = int(told) + 1 if told.isdecimal() else 1
    if count > limit:
        raise NotPossible(f"it was replayed {count - 1} times already; the limit is {limit}")
    original = [(name, value) for name, value in headers if not name.startswith("dl-") and name not in OURS]
    added = ((names.REPLAYED_BY, who), (names.REPLAY_OF, letter["dl_id"]), (names.REPLAY_COUNT, str(count)))
    stamped = [*original, *((name, value.encode()) for name, value in added)]
    unit.send(Outgoing(letter["source_topic"], letter["record_key"], letter["value"], stamped))


async def _write(
    unit: Unit, letter: dict[str, Any], who: str, action: str, why: str, before: str | None, after: str | None
) -> None:
    await actions.write(
        unit.connection,
        who=who,
        action=action,
        why=why,
        order_id=letter["order_id"],
        dl_id=letter["dl_id"],
        before=before if after else None,
        after=after,
    )
