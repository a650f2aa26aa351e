"""Messages in: replies and events for the saga, submissions from portals, dead letters of all services."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.messaging.incoming import Incoming, Record
from chassis.messaging.service import Service
from chassis.messaging.unit import Unit
from chassis.saga.engine import Engine
from chassis.saga.moves import Move
from chassis.saga.progress import Progress
from contracts import topics
from contracts.catalog import PackageOffered
from contracts.echo import quoted
from contracts.message import OrderMessage, Reply
from contracts.numbers import BackorderAdvanced, BackorderFilled
from contracts.partners import PartnerKey
from contracts.tickets import SetupTicketResolved, TicketResolved
from order_intake.application import kafka_submissions, keys, unsendable
from order_intake.application.commands import SOURCE, attempt_of
from order_intake.application.door import Door
from order_intake.application.kafka_submissions import Trust
from order_intake.application.runs import Change, Runs
from order_intake.domain.definitions import QUESTIONS, REPLIES, SIGNALS, STEPS
from order_intake.domain.subject import Subject
from order_intake.store import packages

OF_A_RUN = Reply, TicketResolved, SetupTicketResolved, BackorderFilled, BackorderAdvanced
LISTENS_TO = (
    topics.ORDERS_REPLIES,
    topics.NUMBERS_EVENTS,
    topics.TICKETS_EVENTS,
    topics.CATALOG_PACKAGES,
    topics.PARTNERS_KEYS,
    topics.ORDERS_SUBMISSIONS,
    topics.DEAD_LETTERS,
)


@dataclass(frozen=True, slots=True)
class Handlers:
    """All of them take whole batches, in one transaction each."""

    runs: Runs
    trust: Trust
    door: Door

    async def go_on(self, messages: Sequence[OrderMessage], unit: Unit) -> Sequence[None]:
        """Replies and events: the runs that they belong to go on."""
        pairs = zip(messages, unit.incoming, strict=True)
        await self.runs.change(unit, [(message.order_id, change_of(one)) for message, one in pairs])
        return [None] * len(messages)

    async def learn(self, facts: Sequence[PackageOffered], unit: Unit) -> Sequence[None]:
        """What is sold."""
        await packages.add(unit.connection, facts)
        return [None] * len(facts)

    async def take_in(self, records: Sequence[Record], unit: Unit) -> None:
        """Raw: a submission of the wrong shape is answered, no dead letter; its external id makes it idempotent."""
        await kafka_submissions.take_in(records, self.runs, self.trust, self.door, unit)

    async def keep(self, records: Sequence[Record], unit: Unit) -> None:
        """Raw: dead letters may have any shape."""
        await unsendable.keep(records, self.runs, unit)


def change_of(one: Incoming) -> Change:
    """What a reply or an event means for the run it belongs to; one of an earlier run means nothing."""
    message, envelope = one.message, one.envelope

    def change(engine: Engine[Subject], subject: Subject, progress: Progress, now: datetime) -> Move[Subject]:
        if isinstance(message, OF_A_RUN) and message.run != progress.run:
            return Move(subject, progress, changed=False)
        if not isinstance(message, Reply):
            return engine.informed(subject, progress, message, now)
        attempt = attempt_of(envelope.causation)
        return engine.answered(subject, progress, envelope.step, envelope.direction, attempt, message, now)

    return change


def judge(one: Incoming) -> str:
    """A reply of a step that no definition has is no reply of ours."""
    step = one.envelope.step
    return (
        ""
        if step in STEPS | QUESTIONS or not isinstance(one.message, Reply)
        else f"ce_step is {quoted(step)}; no saga has such a step"
    )


def make(runs: Runs, trust: Trust, door: Door) -> Service:
    """The service with everything it handles: what the saga may get, and the two raw topics."""
    handlers = Handlers(runs, trust, door)
    service = Service(SOURCE, listens_to=LISTENS_TO, judge=judge)
    service.on_batch(*REPLIES, *SIGNALS)(handlers.go_on)
    service.on_batch(PackageOffered)(handlers.learn)
    service.on_batch(PartnerKey)(keys.TRUTH.watch)
    service.on_raw(topics.ORDERS_SUBMISSIONS)(handlers.take_in)
    service.on_raw(topics.DEAD_LETTERS)(handlers.keep)
    return service
