"""What became of a message that its service could never send; order-intake closes the dead letter of it."""

from typing import ClassVar, Literal

from contracts.bounds import EchoedId, Instant, Line, Name, Sentence, ShortId
from contracts.message import Event


class UnsendableClosed(Event):
    """An operator released it, so that it is sent as it was, or discarded it, so that it never will be.

    `unsendable_id` is also the id of the dead letter. `order_id` is the beginning of the record's key, which need not
    be an order: any message may be too large.
    """

    owner: ClassVar[str] = "messaging"
    topic: ClassVar[str] = "dead-letters"
    order_id: EchoedId
    unsendable_id: ShortId
    service: Name
    outcome: Literal["released", "discarded"]
    who: Line
    why: Sentence
    at: Instant
