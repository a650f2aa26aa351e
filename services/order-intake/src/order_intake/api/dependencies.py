"""What the routes need beside the units of work."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, Request

from chassis.http.access import of_state
from chassis.http.bodies import raw_body
from chassis.http.keyring import Keyring
from chassis.http.problems import Problem, malformed
from contracts.documents import Malformed
from contracts.orders import Fault, fewer_faults
from order_intake.application.door import Door, MenuUnknown
from order_intake.application.runs import Runs
from order_intake.application.topics import Topics
from order_intake.domain.door.judging import Judged


def runs(request: Request) -> Runs:
    """The runs of orders."""
    return of_state(request, "runs", Runs)


def keyring(request: Request) -> Keyring:
    """The keys of partners as requests are judged by them."""
    return of_state(request, "keyring", Keyring)


def topics(request: Request) -> Topics:
    """The topics that the broker has."""
    return of_state(request, "topics", Topics)


def replay_limit(request: Request) -> int:
    """How often a message may be replayed."""
    return of_state(request, "replay_limit", int)


def door(request: Request) -> Door:
    """What judges order forms."""
    return of_state(request, "door", Door)


async def judged_by(door: Door, body: bytes | dict[str, Any]) -> Judged:
    """Raises Problem 400 for what is no JSON, and 503 while nobody knows what is sold."""
    try:
        return await door.judge(body)
    except Malformed as error:
        raise malformed(str(error)) from None
    except MenuUnknown as error:
        headers = {"retry-after": "5"}
        raise Problem(503, error.code, "Orders cannot be judged yet.", str(error), headers=headers) from None


def listed(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    """As a problem lists them; those beyond a hundred are counted."""
    return [fault.model_dump() for fault in fewer_faults(faults)]


Body = Annotated[bytes, Depends(raw_body)]
TheDoor = Annotated[Door, Depends(door)]
RunsOfOrders = Annotated[Runs, Depends(runs)]
TheKeyring = Annotated[Keyring, Depends(keyring)]
BrokerTopics = Annotated[Topics, Depends(topics)]
ReplayLimit = Annotated[int, Depends(replay_limit)]
