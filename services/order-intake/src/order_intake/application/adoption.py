"""Enterprises that BroadWorks has already become accounts of a partner."""

from uuid import uuid4

from chassis.messaging.unit import Unit
from contracts.echo import quoted
from order_intake.store import accounts, known
from order_intake.store.accounts import Account


class NameTaken(Exception):
    """The name stands for another account of the partner."""


async def adopt(unit: Unit, partner_id: str, name: str, service_provider_id: str) -> str:
    """The account id; the same for a repeat. Raises NameTaken, and asyncpg.UniqueViolationError in a lost race."""
    found = await known.accounts(unit.connection, [(partner_id, name)])
    mine = next((one for one in found if one.role == "Enterprise"), None)
    if mine is None:
        account_id = f"e-{uuid4()}"
        await accounts.add(unit.connection, [_adopted(account_id, partner_id, name, service_provider_id)])
        return account_id
    if (mine.broadworks_id, mine.status) != (service_provider_id, "active"):
        raise NameTaken(f"It is {mine.status}, as {quoted(mine.broadworks_id)}.")
    return mine.account_id


def _adopted(account_id: str, partner_id: str, name: str, service_provider_id: str) -> Account:
    return Account(
        account_id=account_id,
        partner_id=partner_id,
        role="Enterprise",
        name=name,
        parent_id="",
        broadworks_id=service_provider_id,
        order_id=None,
        status="active",
        built=True,
    )
