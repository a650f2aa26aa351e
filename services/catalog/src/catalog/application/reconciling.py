"""What is charged, and what was posted of it, has to fit together: where it does not is told, item by item."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from catalog.store import reconciling
from catalog.store.reconciling import Charged, Scope, Untiled
from chassis.messaging.unit import Unit

MOST = 1_000  # of each kind that are told at once
AT_ONCE = 100_000  # subscriptions that are looked at: some seconds when they are some years old
LATE = timedelta(minutes=1)  # the scan for what is due looks every few seconds
What = Literal["order-not-started", "not-charged", "not-posted", "days-missing", "days-beyond", "days-doubled"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with an item of an order; without a `subscription_id` where it is not charged."""

    what: What
    partner_id: str
    customer_id: str
    order_id: str
    item_id: str
    package: str
    kind: str
    subscription_id: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class Reconciled:
    """`more` are wrong than the `findings` of a kind; subscriptions above `next` are still to be looked at."""

    findings: list[Finding]
    more: bool
    next: int | None


async def reconcile(unit: Unit, partner_id: str | None, after: int) -> Reconciled:
    """Of a part of the subscriptions, the first one with what is not about their numbers.

    `partner_id` None is for those of all.
    """
    through, is_full = await reconciling.through(unit.connection, after, AT_ONCE)
    scope = Scope(partner_id, MOST, after, through)
    kinds = [await _not_started(unit, scope), await _not_tiled(unit, scope)]
    if after == 0:
        kinds += [await _not_charged(unit, scope), await _not_posted(unit, scope)]
    more = any(len(found) >= MOST for found in kinds)
    return Reconciled([one for found in kinds for one in found], more, through if is_full else None)


async def _not_started(unit: Unit, scope: Scope) -> list[Finding]:
    return [
        _finding("order-not-started", charged, f"It is charged, and the billing of its order is {state}.")
        for charged, state in await reconciling.not_started(unit.connection, scope)
    ]


async def _not_charged(unit: Unit, scope: Scope) -> list[Finding]:
    return [
        _finding("not-charged", charged, f"It is not charged; the billing of its order started at {at.isoformat()}.")
        for charged, at in await reconciling.not_charged(unit.connection, scope)
    ]


async def _not_posted(unit: Unit, scope: Scope) -> list[Finding]:
    return [
        _finding("not-posted", charged, f"It was to be posted at {at.isoformat()}, and was not.")
        for charged, at in await reconciling.not_posted(unit.connection, scope, unit.business_now - LATE)
    ]


async def _not_tiled(unit: Unit, scope: Scope) -> list[Finding]:
    found = await reconciling.not_tiled(unit.connection, scope)
    return [one for charged, untiled in found for one in _untiled(charged, untiled)]


def _untiled(charged: Charged, untiled: Untiled) -> Iterator[Finding]:
    if untiled.missing:
        yield _finding("days-missing", charged, f"Nothing stands for the days {untiled.missing}.")
    if untiled.beyond:
        yield _finding(
            "days-beyond", charged, f"A posting stands for the days {untiled.beyond}, when it is not charged."
        )
    if untiled.doubled:
        yield _finding("days-doubled", charged, f"More than one posting stands for {untiled.doubled} of its days.")


def _finding(what: What, charged: Charged, detail: str) -> Finding:
    return Finding(what, **charged._asdict(), detail=detail)
