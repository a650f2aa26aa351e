"""Who asks: a partner (sees its own) or an operator (sees all, and is written down)."""

from dataclasses import dataclass

from fastapi import Request

from chassis.http.access import Operators, bearer
from chassis.http.problems import Problem
from order_intake.store.partners import Partners


@dataclass(frozen=True, slots=True)
class Principal:
    """Exactly one of the two is set."""

    partner_id: str | None = None
    operator: str | None = None


class Principals:
    """FastAPI dependencies; each raises Problem 401 or 403."""

    def __init__(self, partners: Partners, operators: Operators) -> None:
        self._partners, self._operators = partners, operators

    async def anybody(self, request: Request) -> Principal:
        key = bearer(request)
        partner_id = await self._partners.partner_of(key)
        if partner_id is not None:
            return Principal(partner_id=partner_id)
        operator = self._operators.find(key)
        if operator is None:
            raise Problem(
                401, "unknown-key", "This key is not known.", "It is mistyped, revoked, or of another system."
            )
        return Principal(operator=operator)

    async def partner(self, request: Request) -> str:
        principal = await self.anybody(request)
        if principal.partner_id is None:
            raise Problem(403, "partners-only", "Only a partner can do this.", "Use the API key of a partner.")
        return principal.partner_id

    async def operator(self, request: Request) -> str:
        principal = await self.anybody(request)
        if principal.operator is None:
            raise Problem(403, "operators-only", "Only an operator can do this.", "Use the key of an operator.")
        return principal.operator
