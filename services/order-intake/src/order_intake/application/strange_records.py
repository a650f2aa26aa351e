"""What portals' topic holds beside submissions: who has signed it is answered; the rest are dead letters, one for many.

Whoever writes there may write any number: a hundred thousand of them cost 84 kB on the wire.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from chassis.messaging.incoming import Record
from chassis.messaging.reading import NotReadable
from chassis.messaging.unit import Unit
from chassis.runtime.slices import Slices
from contracts.bounds import MESSAGE_ID
from contracts.cutting import Cut
from contracts.envelope import Envelope
from contracts.orders import Fault
from order_intake.application.rejections import Rejections
from order_intake.application.signatures import Signatures, means_to_sign
from order_intake.domain.signatures import NotSigned

FEW = 50  # of one partition in one poll
NO_CHARACTER = "\ufffd"
CUT = Cut(MESSAGE_ID)


@dataclass(frozen=True, slots=True)
class Strange:
    """What is no submission; `envelope` is as much as could be read of one."""

    record: Record
    envelope: Envelope
    error: NotReadable

    def is_answered(self, signatures: Signatures, rejections: Rejections) -> bool:
        """Whoever has signed it, or means to have, hears what is wrong with it; nobody else does."""
        if not means_to_sign(self.envelope):
            return False
        faults, partner_id = [Fault(pointer="", code="no-submission", detail=str(self.error))], ""
        try:
            partner_id = signatures.partner_of(self.record, self.envelope)
        except NotSigned as error:
            if self.envelope.id or error.code != "signature-wrong":  # without an id none over it can fit
                faults.append(Fault(pointer="", code=error.code, detail=str(error)))
        rejections.add(self._keepable(), partner_id, "", tuple(faults))
        return True

    def _keepable(self) -> Envelope:
        """As it can be answered: no database keeps a NUL, and no id is of any length."""
        message_id, key = (text.replace("\0", NO_CHARACTER) for text in (self.envelope.id, self.envelope.key))
        return replace(self.envelope, id=CUT(message_id), key=key)


async def answer_or_bury(
    strange: Iterable[Strange], signatures: Signatures, rejections: Rejections, unit: Unit, slices: Slices
) -> None:
    """When the unit commits."""
    unknown = []
    for one in strange:
        if not one.is_answered(signatures, rejections):
            unknown.append((one.record, one.error))
        await slices.between()
    bury(unknown, unit)


def bury(strange: Iterable[tuple[Record, NotReadable]], unit: Unit) -> None:
    """When the unit commits. Of many the first is kept whole, and its letter says where the others lie."""
    partitions: dict[int, list[tuple[Record, NotReadable]]] = {}
    for record, error in strange:
        partitions.setdefault(record.partition, []).append((record, error))
    for run in partitions.values():
        if len(run) <= FEW:
            for record, error in run:
                unit.bury(record, error)
        else:
            (first, error), (last, _) = run[0], run[-1]
            where = f"{len(run)} records from offset {first.offset} to {last.offset}, of which none is a submission"
            unit.bury(first, NotReadable(f"{where}; the first: {error}"))
