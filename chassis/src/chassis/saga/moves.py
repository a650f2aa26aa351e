"""What comes out of the engine: the next state of a run and what is to be sent, or why an event is not possible."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from chassis.errors import Permanent
from chassis.saga.progress import Progress, Reason, Sending
from contracts.errors import CommandFailed
from contracts.message import Refusal, Reply

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Move(Generic[S]):
    """The outcome of one event. `changed` is False for a duplicate or a late reply: nothing needs to be stored."""

    subject: S
    progress: Progress
    sending: tuple[Sending, ...] = ()
    changed: bool = True


class PastThePivot(Exception):
    """It cannot be taken back any more."""


class UnexpectedReply(Permanent):
    """The saga declares no such reply for this step."""

    code = "reply-unexpected"


def reason_of(step: str, reply: Reply) -> Reason:
    """Why a step did not succeed, from the reply that says so."""
    if isinstance(reply, CommandFailed):
        return Reason(reply.code, reply.detail, step)
    assert isinstance(reply, Refusal)
    return Reason(reply.code, reply.reason, step)
