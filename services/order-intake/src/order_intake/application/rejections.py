"""What is not accepted is answered: whole on a partner's own topic, where it has one, else on the shared one."""

from dataclasses import dataclass, field

from chassis.messaging.outgoing import event
from chassis.messaging.unit import Unit
from contracts.envelope import Envelope
from contracts.orders import Fault, OrderRejected
from order_intake import measures
from order_intake.store import partners


@dataclass(frozen=True, slots=True)
class Rejection:
    """`partner_id` is empty for what nobody has signed."""

    envelope: Envelope
    partner_id: str
    external_id: str
    faults: tuple[Fault, ...]

    def whole(self) -> OrderRejected:
        return OrderRejected(
            order_id=self.envelope.key,
            partner_id=self.partner_id,
            submission_id=self.envelope.id,
            external_id=self.external_id,
            faults=self.faults,
        )

    def without_content(self) -> OrderRejected:
        """Ids and codes only: nothing of what stood in the form."""
        codes = dict.fromkeys(fault.code for fault in self.faults)
        return OrderRejected(
            order_id=self.envelope.key,
            submission_id=self.envelope.id,
            external_id=self.external_id,
            faults=tuple(Fault(pointer="", code=code, detail="") for code in codes),
        )


@dataclass(frozen=True, slots=True)
class Rejections:
    """Collects those of a batch. With `bare` the shared topic never has content, unsigned ones included."""

    bare: bool
    found: list[Rejection] = field(default_factory=list)

    def add(self, envelope: Envelope, partner_id: str, external_id: str, faults: tuple[Fault, ...]) -> None:
        self.found.append(Rejection(envelope, partner_id, external_id, faults))

    async def send(self, unit: Unit) -> None:
        """When the unit commits."""
        signed = {one.partner_id for one in self.found if one.partner_id}
        own = await partners.rejections_topics(unit.connection, signed) if signed else {}
        for one in self.found:
            unit.after.append(measures.SUBMITTED.labels("kafka", "refused").inc)
            topic = own.get(one.partner_id)
            if topic is not None:
                outgoing = event(one.whole(), unit.service, unit.now, one.envelope)
                outgoing.topic = topic
                unit.send(outgoing)
            unit.emit(one.without_content() if self.bare or topic else one.whole(), one.envelope)
