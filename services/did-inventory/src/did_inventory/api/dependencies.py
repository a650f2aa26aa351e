"""What the routes need beside the units of work."""

from typing import Annotated

from fastapi import Depends, Request

from chassis.http.access import of_state


def allow_fiction(request: Request) -> bool:
    """May 555-01XX numbers come in?"""
    return of_state(request, "allow_fiction", bool)


AllowFiction = Annotated[bool, Depends(allow_fiction)]
