"""A posting is taken back by hand: its exact negative is posted, and neither stands any more."""

from catalog.application.posting_one import post_one
from catalog.domain.charges import credit_of
from catalog.store import customers, ledger, postings
from catalog.store.acts import Act
from catalog.store.ledger import Posting
from catalog.store.postings import LedgerLine
from chassis.messaging.unit import Unit
from contracts.catalog import ChargeLine

FIELDS = ChargeLine.model_fields.keys() - {"posting"}


class NoSuchPosting(LookupError):
    """None has that number."""


class TakesBack(Exception):
    """The posting takes another one back, and is none that could be credited."""

    def __init__(self, reverses: int) -> None:
        super().__init__(f"posting {reverses}")
        self.reverses = reverses


class TakenBack(Exception):
    """The posting is taken back already, by another one."""

    def __init__(self, by: int) -> None:
        super().__init__(f"posting {by}")
        self.by = by


async def credit(unit: Unit, posting: int, who: str, why: str) -> LedgerLine:
    """The credit. The period of a subscription that is credited stays so: nothing is posted anew for it.

    Raises NoSuchPosting, TakesBack and TakenBack.
    """
    await ledger.lock(unit.connection)
    found = await postings.one(unit.connection, posting)
    ordered = await customers.of_order(unit.connection, found.order_id) if found else None
    if found is None or ordered is None:
        raise NoSuchPosting(posting)
    if found.reverses is not None:
        raise TakesBack(found.reverses)
    if (by := await postings.reversed_by(unit.connection, posting)) is not None:
        raise TakenBack(by)
    line = credit_of(ChargeLine(**{name: getattr(found, name) for name in FIELDS}), found.line)
    back = Posting(ordered.account, line, "credit", found.subscription_id, posting)
    return await post_one(unit, back, "credit", Act(who, "credit", why, found.customer_id))
