"""An operator replays what failed: an order runs again, edited or not; a message goes where it came from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from chassis.messaging import dead_letters as dl
from chassis.messaging.outgoing import Outgoing
from chassis.messaging.references import VALUE_SHA256
from chassis.messaging.unit import Unit
from chassis.saga.progress import Entry, Progress
from contracts.orders import Fault, OrderForm
from order_intake import measures
from order_intake.application.runs import Run, Runs
from order_intake.domain.edge import is_fallout
from order_intake.domain.replays import new_run
from order_intake.store import accounts, actions, dead_letters, orders
from order_intake.store.dead_letters import DeadLetter, number_in, text_headers

OURS = (dl.REPLAYED_BY, dl.REPLAY_OF, dl.REPLAY_COUNT)


class NotPossible(Exception):
    """The act does not fit the state of things. `status` is the HTTP status, `faults` what an edited form breaks."""

    def __init__(self, detail: str, status: int = 409, faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.faults = [fault.model_dump() for fault in faults]


class Act(NamedTuple):
    """Who does something, and why."""

    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A form that replaces the order's, and what the door finds wrong with it."""

    form: OrderForm
    faults: tuple[Fault, ...]


async def replay(
    unit: Unit, runs: Runs, letter: DeadLetter, act: Act, edit: Edit | None, *, limit: int, keep_start: bool = False
) -> None:
    """`letter` is locked and open, and is closed in this transaction; `limit` is how often a message may be replayed.

    An order with `keep_start` is billed from where it asked for, though that has passed. Raises NotPossible.
    """
    before = None
    if letter.kind == "order":
        before = await _run_again(unit, runs, letter, act, edit, keep_start=keep_start)
    elif edit is not None or keep_start:
        raise NotPossible("only an order can be edited, or keep its billing start", 422)
    else:
        _publish_again(unit, letter, act.who, limit)
    await dead_letters.close(unit.connection, letter.dl_id, "replayed", act.who)
    await actions.write(
        unit.connection,
        who=act.who,
        action="replay" if edit is None else "edit and replay",
        why=act.why,
        order_id=letter.order_id,
        dl_id=letter.dl_id,
        before=before.model_dump_json() if before and edit else None,
        after=edit.form.model_dump_json() if edit else None,
    )
    unit.after.append(measures.REPLAYED.labels(unit.service, "replayed").inc)


async def _run_again(
    unit: Unit, runs: Runs, letter: DeadLetter, act: Act, edit: Edit | None, *, keep_start: bool
) -> OrderForm:
    """A new run of the same order, from the start, by the newest definition; answers the form as it was."""
    assert letter.order_id is not None
    rows = await orders.lock(unit.connection, [letter.order_id])
    if not rows:
        raise NotPossible(f"there is no order {letter.order_id}", 404)
    run = Run.of(rows[0])
    if not is_fallout(run.progress) or run.row.state != "held":
        raise NotPossible(f"the order is {run.row.state}; only one that was undone can run again")
    form, found = (edit.form, edit.faults) if edit else (None, ())
    subject, faults = new_run(run.subject, form, found, unit.business_now, keep_start=keep_start)
    if faults:
        raise NotPossible("the order breaks a rule that way; nothing was replayed", 422, faults)
    built = await accounts.built(unit.connection, [subject.enterprise_id, subject.customer_id])
    new = {
        "enterprise_new": not built.get(subject.enterprise_id, False),
        "group_new": not built.get(subject.customer_id, False),
    }
    move = runs.newest.start(subject.model_copy(update=new), run.progress.run + 1, unit.now)
    note = f"replayed by {act.who}: {act.why}"
    run.take(replace(move, progress=_with_story(move.progress, run.progress.timeline, note, unit.now)))
    unit.after.append(measures.STARTED.labels(measures.SAGA).inc)
    await runs.store(unit, [run])
    return run.loaded.form


def _with_story(progress: Progress, earlier: tuple[Entry, ...], note: str, now: datetime) -> Progress:
    """The time line goes on: the story of the earlier runs stays in sight."""
    first = progress.but(timeline=earlier).noted(now, "replayed", detail=note)
    return progress.but(timeline=(*first.timeline, *progress.timeline))


def _publish_again(unit: Unit, letter: DeadLetter, who: str, limit: int) -> None:
    """The message as it was, to where it came from; its id stays, so an inbox that knows it ignores it."""
    if any(name == VALUE_SHA256 for name, _ in letter.headers):
        raise NotPossible("the record was too large for its dead letter, which holds its first and last kilobyte only")
    count = replays_of(letter) + 1
    if count > limit:
        raise NotPossible(f"it was replayed {count - 1} times already; the limit is {limit}")
    original = [(name, value) for name, value in letter.headers if not name.startswith("dl-") and name not in OURS]
    added = ((dl.REPLAYED_BY, who), (dl.REPLAY_OF, letter.dl_id), (dl.REPLAY_COUNT, str(count)))
    stamped = [*original, *((name, value.encode()) for name, value in added)]
    unit.send(Outgoing(letter.source_topic, letter.record_key, letter.value, stamped))


def replays_of(letter: DeadLetter) -> int:
    """How often this message was replayed before, by its own header."""
    return number_in(text_headers(letter.headers).get(dl.REPLAY_COUNT, "")) or 0
