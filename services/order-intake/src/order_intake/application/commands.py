"""Commands of the saga as messages: their ids are computed, so that a re-send is recognised without a table."""

from datetime import datetime

from chassis.messaging.incoming import step_message_id
from chassis.messaging.outgoing import Outgoing, order_trace, pack
from chassis.saga.progress import Sending
from contracts.envelope import Envelope

SOURCE = "order-intake"
MOST_DIGITS = 18  # of an attempt


def command(order_id: str, run: int, sending: Sending, now: datetime) -> Outgoing:
    """The same step and attempt always have the same id, so a re-send is a duplicate."""
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
        traceparent=order_trace(order_id),
    )
    return pack(sending.command, envelope)


def attempt_of(command_id: str) -> int:
    """The attempt a reply answers, from the id of its command; 0 when it is no id of ours."""
    tail = command_id.rsplit(":", 1)[-1]
    return int(tail) if tail.isascii() and tail.isdigit() and len(tail) <= MOST_DIGITS else 0
