"""What the routes need beside the units of work."""

from typing import Annotated

from fastapi import Depends, Request

from chassis.http.access import of_state
from order_intake.application.runs import Runs
from order_intake.store.partners import Partners


def runs(request: Request) -> Runs:
    """The runs of orders."""
    return of_state(request, "runs", Runs)


def partners(request: Request) -> Partners:
    """Partners and their keys."""
    return of_state(request, "partners", Partners)


def replay_limit(request: Request) -> int:
    """How often a message may be replayed."""
    return of_state(request, "replay_limit", int)


RunsOfOrders = Annotated[Runs, Depends(runs)]
KnownPartners = Annotated[Partners, Depends(partners)]
ReplayLimit = Annotated[int, Depends(replay_limit)]
