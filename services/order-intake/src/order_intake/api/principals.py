"""Who asks: a partner (sees its own) or an operator (sees all, and is written down)."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from chassis.http.access import Operators, bearer, of_state
from chassis.http.problems import Problem
from chassis.http.security import Bearer
from order_intake.store.partners import Partners


@dataclass(frozen=True, slots=True)
class Principal:
    """Exactly one of the two is set."""

    partner_id: str | None = None
    operator: str | None = None


async def anybody(request: Request, _: Bearer) -> Principal:
    """Raises Problem 401."""
    key = bearer(request)
    partner_id = await of_state(request, "partners", Partners).partner_of(key)
    if partner_id is not None:
        return Principal(partner_id=partner_id)
    operator = of_state(request, "operators", Operators).find(key)
    if operator is None:
        raise Problem(401, "unknown-key", "This key is not known.", "It is mistyped, revoked, or of another system.")
    return Principal(operator=operator)


async def partner(principal: Annotated[Principal, Depends(anybody)]) -> str:
    """The id of the partner who asks. Raises Problem 401 or 403."""
    if principal.partner_id is None:
        raise Problem(403, "partners-only", "Only a partner can do this.", "Use the API key of a partner.")
    return principal.partner_id


async def operator(principal: Annotated[Principal, Depends(anybody)]) -> str:
    """The name of the operator who asks. Raises Problem 401 or 403."""
    if principal.operator is None:
        raise Problem(403, "operators-only", "Only an operator can do this.", "Use the key of an operator.")
    return principal.operator


Anybody = Annotated[Principal, Depends(anybody)]
Partner = Annotated[str, Depends(partner)]
Operator = Annotated[str, Depends(operator)]
