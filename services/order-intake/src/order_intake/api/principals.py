"""Who may do what at this service's doors: who reads and changes orders, who submits, who keeps keys."""

from typing import Annotated

from fastapi import Depends

from chassis.http.access import Needs
from chassis.http.principals import Principal
from chassis.http.problems import Problem

Reader = Annotated[Principal, Depends(Needs("orders:read"))]
Writer = Annotated[Principal, Depends(Needs("orders:write"))]
# Credentials: a partner's own with the scope for it, anybody's for who operates.
KeyReader = Annotated[Principal, Depends(Needs("credentials:read", "ops:read"))]
KeyWriter = Annotated[Principal, Depends(Needs("credentials:write", "ops:write"))]


def submitter(principal: Writer) -> Principal:
    """Who submits an order does so for a partner. Raises Problem 403."""
    if principal.partner_id is None:
        raise Problem(403, "partners-only", "Only a partner can do this.", "Use an API key of a partner.")
    return principal


Submitter = Annotated[Principal, Depends(submitter)]
