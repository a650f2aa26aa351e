"""Another billing start of an order, or the end of a subscription: as one change, with who, when and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from catalog.application.posting import post
from catalog.application.telling import tell
from catalog.domain import reposting
from catalog.domain.checks import end_faults, month_is_over, start_faults
from catalog.domain.order_billing import replanned
from catalog.domain.reposting import Correction
from catalog.store import changes, ledger, order_billing, subscriptions
from catalog.store.changes import Change
from catalog.store.ledger import Posting
from catalog.store.subscriptions import Subscribed
from chassis.messaging.unit import Unit
from contracts.catalog import ItemFault, PostingReason

CORRECTIONS: dict[str, PostingReason] = {"start": "change", "end": "end"}


class NotBilled(LookupError):
    """The order has no charges, or none any more; or there is no such subscription."""


class WrongDay(ValueError):
    """Billing can neither start nor end on that day."""

    def __init__(self, faults: Sequence[ItemFault]) -> None:
        super().__init__(faults[0].detail)


@dataclass(frozen=True, slots=True)
class Wish:
    """`partner_id` is that of a partner who asks; None for operators, who may go further back."""

    day: date
    who: str
    why: str
    partner_id: str | None = None

    def may_change(self, partner_id: str) -> bool:
        return self.partner_id in (None, partner_id)


async def change_start(unit: Unit, order_id: str, wish: Wish) -> bool:
    """False where it starts on that day already. What is planned is replaced, what is posted reversed and posted anew.

    Raises NotBilled and WrongDay.
    """
    await ledger.lock(unit.connection)
    billing = (await order_billing.lock(unit.connection, [order_id])).get(order_id)
    if billing is None or billing.state == "void" or not wish.may_change(billing.partner_id):
        raise NotBilled(order_id)
    old, today = billing.priced.billing_start, unit.business_now.astimezone(ZoneInfo(billing.time_zone)).date()
    if faults := start_faults(wish.day, today, by_operator=wish.partner_id is None):
        raise WrongDay(faults)
    if wish.day == old:
        return False
    if wish.partner_id and billing.state == "started" and old < today.replace(day=1):
        raise WrongDay([month_is_over(old)])
    change = Change(None, "start", old, wish.day, wish.who, wish.why, unit.business_now)
    change_id = await changes.add(unit.connection, order_id, change)
    await order_billing.replan(unit.connection, replanned(billing, wish.day))
    if billing.state == "started":
        found = await subscriptions.of_order(unit.connection, order_id)
        changed = [replace(one, subscription=reposting.moved(one.subscription, wish.day)) for one in found]
        await _correct(unit, changed, "start", change_id)
    return True


async def end(unit: Unit, subscription_id: int, wish: Wish) -> bool:
    """False where it ends on that day already. What was posted in advance is credited, and the last part posted.

    Raises NotBilled and WrongDay.
    """
    await ledger.lock(unit.connection)
    found = await subscriptions.one(unit.connection, subscription_id)
    if found is None or found.subscription.charge.kind != "MRC":
        raise NotBilled(f"{subscription_id}")
    if faults := end_faults(wish.day, unit.business_now.astimezone(found.account.zone).date()):
        raise WrongDay(faults)
    changed = reposting.ended(found.subscription, wish.day)
    old = found.subscription.to_date
    if changed.to_date == old:
        return False
    change = Change(subscription_id, "end", old, wish.day, wish.who, wish.why, unit.business_now)
    change_id = await changes.add(unit.connection, found.account.order_id, change)
    await _correct(unit, [replace(found, subscription=changed)], "end", change_id)
    return True


async def _correct(unit: Unit, changed: Sequence[Subscribed], what: str, change_id: int) -> None:
    """Post what has to stand of them instead of what stands: first all that is taken back."""
    stand = await subscriptions.stand(unit.connection, changed)
    corrections = []
    for one in changed:
        standing, credited = stand.postings.get(one.subscription_id, ()), stand.credited.get(one.subscription_id, ())
        today = unit.business_now.astimezone(one.account.zone).date()
        corrections.append((one, reposting.corrected(one.subscription, standing, credited, today)))
    await subscriptions.keep(unit.connection, [replace(one, subscription=it.subscription) for one, it in corrections])
    postings = _postings(corrections, CORRECTIONS[what], change_id)
    lines = await post(unit, postings)
    if lines:
        tell(unit, postings[0].account, CORRECTIONS[what], lines)


def _postings(
    corrections: Sequence[tuple[Subscribed, Correction]], reason: PostingReason, change_id: int
) -> list[Posting]:
    back = [
        Posting(one.account, line, reason, one.subscription_id, reverses, change_id)
        for one, it in corrections
        for reverses, line in it.back
    ]
    anew = [
        Posting(one.account, line, reason, one.subscription_id, None, change_id)
        for one, it in corrections
        for line in it.lines
    ]
    return [*back, *anew]
