"""What routes need: who asks with which scopes, and where units of work begin."""

from collections.abc import Iterator
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Request

from chassis.http.principals import ACTS_FOR, Principal, Principals, sha256
from chassis.http.problems import Problem
from chassis.http.security import Bearer
from chassis.http.throttle import KNOWN
from chassis.messaging.unit import Units
from contracts.partners import SCOPES

T = TypeVar("T")
__all__ = ["Auditor", "Needs", "Operator", "Principal", "Work", "known", "of_state", "sha256", "stated", "units"]


def of_state(request: Request, name: str, kind: type[T]) -> T:
    """What the composition root has given the API under this name."""
    found = getattr(request.app.state, name)
    assert isinstance(found, kind)
    return found


async def known(request: Request, _: Bearer) -> Principal:
    """A FastAPI dependency: who asks. Raises Problem 401, and 400 for a missing or superfluous person."""
    told, acts_for = request.headers.get("authorization", ""), request.headers.get(ACTS_FOR)
    if acts_for is not None:  # names are UTF-8, and headers are read as Latin-1
        acts_for = acts_for.encode("latin-1").decode("utf-8", errors="replace")
    principal = await of_state(request, "principals", Principals).find(told, acts_for)
    request.scope[KNOWN] = True
    return principal


class Needs:
    """A FastAPI dependency: the principal who asks, who must have one of these scopes. Raises Problem 401 and 403.

    Without `partners`, none of these may do it whatever its scopes. It stands on the security scheme, so that a route
    can ask it before a large body is read, and before a fault of any request is told.
    """

    def __init__(self, *scopes: str, partners: bool = True) -> None:
        if not scopes or not set(scopes) <= set(SCOPES):
            raise ValueError(f"{scopes} are no scopes; there are {', '.join(SCOPES)}")
        self.scopes, self.partners = scopes, partners

    async def __call__(self, request: Request, bearer: Bearer) -> Principal:
        principal = await known(request, bearer)
        if not principal.scopes & set(self.scopes):
            has = ", ".join(sorted(principal.scopes)) or "none"
            detail = f"It needs the scope {' or '.join(self.scopes)}; {principal.name} has {has}."
            raise Problem(403, "scope-missing", "This key may not do that.", detail)
        if not self.partners and principal.partner_id is not None:
            detail = "Only operators and technicians do it; ask operations."
            raise Problem(403, "not-for-partners", "A partner cannot do this.", detail)
        return principal

    def admits(self, principal: Principal) -> bool:
        """Would this principal pass?"""
        return bool(principal.scopes & set(self.scopes)) and (self.partners or principal.partner_id is None)


def stated(route: Any) -> Needs | None:
    """What a route needs; None for one that would let anybody in."""
    dependants = [route.dependant] if hasattr(route, "dependant") else []
    while dependants:
        dependant = dependants.pop()
        if isinstance(dependant.call, Needs):
            return dependant.call
        dependants += dependant.dependencies
    return None


def unguarded(router: APIRouter) -> Iterator[str]:
    """The routes of a router that state no scope."""
    return (str(getattr(route, "path", route)) for route in router.routes if stated(route) is None)


def units(request: Request) -> Units:
    """A FastAPI dependency: where the units of work of the service begin."""
    return of_state(request, "units", Units)


Known = Annotated[Principal, Depends(known)]
Work = Annotated[Units, Depends(units)]
# Operations are for our own people, whatever the scopes of others.
Auditor = Annotated[Principal, Depends(Needs("ops:read", partners=False))]
Operator = Annotated[Principal, Depends(Needs("ops:write", partners=False))]
