"""For operators: dead letters (list, show, replay, discard), stuck orders, partners and their keys."""

from typing import Annotated, Any
from uuid import uuid4

from asyncpg import UniqueViolationError
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from chassis.runtime.database import Pool
from chassis.messaging.unit import unit_of_work
from chassis.http.problems import Problem
from contracts.orders import OrderForm
from order_intake.api.principals import Principals
from order_intake.application import operations
from order_intake.application.operations import NotPossible
from order_intake.application.runs import SOURCE, Runs
from order_intake.store import accounts, dead_letters
from order_intake.store.accounts import Account
from order_intake.store.partners import Partners


class Why(BaseModel):
    why: str = Field(min_length=1, max_length=500)


class Replay(Why):
    """`form` replaces the order's form; only a dead letter of an order can be edited."""

    form: OrderForm | None = None


class NewPartner(BaseModel):
    name: str = Field(min_length=1, max_length=80)


class ExistingEnterprise(BaseModel):
    """An enterprise that BroadWorks has already, known by its service provider id."""

    name: str = Field(min_length=1, max_length=80)
    service_provider_id: str = Field(min_length=1, max_length=30)


def routes(pool: Pool, runs: Runs, partners: Partners, principals: Principals, *, replay_limit: int) -> APIRouter:
    router = APIRouter(tags=["operations"])
    operator = Depends(principals.operator)

    @router.get("/dead-letters")
    async def list_letters(
        _: Annotated[str, operator],
        state: str | None = "open",
        order_id: str | None = None,
        error_code: str | None = None,
        service: str | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> list[dict[str, Any]]:
        wanted = None if state == "any" else state
        rows = await pool.fetch(dead_letters.LIST, wanted, order_id, error_code, service, limit, offset)
        return [dict(row) for row in rows]

    @router.get("/dead-letters/{dl_id}")
    async def show_letter(dl_id: str, _: Annotated[str, operator]) -> dict[str, Any]:
        return shown(await letter(pool, dl_id))

    @router.post("/dead-letters/{dl_id}/replay", status_code=202)
    async def replay(dl_id: str, replay: Replay, who: Annotated[str, operator]) -> dict[str, Any]:
        async with unit_of_work(pool, SOURCE) as unit:
            found = await open_letter(unit.connection, dl_id)
            try:
                await operations.replay(unit, runs, found, who, replay.why, replay.form, limit=replay_limit)
            except NotPossible as error:
                raise Problem(
                    error.status, "not-possible", "This cannot be replayed.", str(error), errors=error.faults
                ) from None
        return {"dl_id": dl_id, "state": "replayed", "order_id": found["order_id"]}

    @router.post("/dead-letters/{dl_id}/discard")
    async def discard(dl_id: str, reason: Why, who: Annotated[str, operator]) -> dict[str, Any]:
        async with unit_of_work(pool, SOURCE) as unit:
            found = await open_letter(unit.connection, dl_id)
            await operations.discard(unit, runs, found, who, reason.why)
        return {"dl_id": dl_id, "state": "discarded", "order_id": found["order_id"]}

    @router.post("/orders/{order_id}/resume", status_code=202)
    async def resume(order_id: str, reason: Why, who: Annotated[str, operator]) -> dict[str, Any]:
        """A stuck undo tries again."""
        async with unit_of_work(pool, SOURCE) as unit:
            try:
                await operations.resume(unit, runs, order_id, who, reason.why)
            except NotPossible as error:
                raise Problem(error.status, "not-possible", "This order is not stuck.", str(error)) from None
        return {"id": order_id}

    @router.post("/partners", status_code=201)
    async def create_partner(partner: NewPartner, _: Annotated[str, operator]) -> dict[str, str]:
        """A partner and a new API key; the key is shown this once."""
        partner_id, key = await partners.create(f"p-{uuid4().hex[:12]}", partner.name)
        return {"partner_id": partner_id, "name": partner.name, "api_key": key}

    @router.post("/partners/{partner_id}/enterprises", status_code=201)
    async def adopt(partner_id: str, enterprise: ExistingEnterprise, _: Annotated[str, operator]) -> dict[str, str]:
        if not await partners.exists(partner_id):
            raise Problem(404, "no-such-partner", f"No partner {partner_id}.", "Create it with POST /partners.")
        try:
            account_id = await adopt_enterprise(pool, partner_id, enterprise)
        except UniqueViolationError:  # somebody was faster: now it is there to be found
            account_id = await adopt_enterprise(pool, partner_id, enterprise)
        return {"account_id": account_id, "name": enterprise.name}

    return router


async def adopt_enterprise(pool: Pool, partner_id: str, enterprise: ExistingEnterprise) -> str:
    """The account id. Raises Problem 409 when the name stands for something else."""
    async with unit_of_work(pool, SOURCE) as unit:
        known = await accounts.find(unit.connection, [(partner_id, enterprise.name)])
        mine = next((one for one in known if one.role == "Enterprise"), None)
        if mine is not None and (mine.broadworks_id, mine.status) != (enterprise.service_provider_id, "active"):
            detail = f"It is {mine.status}, as {mine.broadworks_id!r}."
            raise Problem(409, "enterprise-exists", "The partner has an enterprise of that name.", detail)
        account_id = mine.account_id if mine else f"e-{uuid4()}"
        if mine is None:
            await accounts.add(unit.connection, [adopted(account_id, partner_id, enterprise)])
    return account_id


def adopted(account_id: str, partner_id: str, enterprise: ExistingEnterprise) -> Account:
    return Account(
        account_id=account_id,
        partner_id=partner_id,
        role="Enterprise",
        name=enterprise.name,
        parent_id="",
        broadworks_id=enterprise.service_provider_id,
        order_id=None,
        status="active",
        built=True,
    )


async def letter(pool: Any, dl_id: str, *, lock: bool = False) -> dict[str, Any]:
    found = await dead_letters.find(pool, dl_id, lock=lock)
    if found is None:
        raise Problem(404, "no-such-dead-letter", f"No dead letter {dl_id}.", "See GET /dead-letters.")
    return found


async def open_letter(connection: Any, dl_id: str) -> dict[str, Any]:
    found = await letter(connection, dl_id, lock=True)
    if found["state"] != "open":
        raise Problem(409, "closed", f"The dead letter was {found['state']} already.", f"By {found['closed_by']}.")
    return found


def shown(found: dict[str, Any]) -> dict[str, Any]:
    value = (found.pop("value") or b"").decode(errors="replace")
    key = (found.pop("record_key") or b"").decode(errors="replace")
    headers = dead_letters.text_headers(found.pop("headers"))
    return {**found, "key": key, "value": value, "headers": headers}
