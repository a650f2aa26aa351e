"""What the back office charges a customer by hand, once for each reference."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.application.books import Books
from catalog.application.posting_one import post_one
from catalog.domain.manual_charges import ManualCharge, Terms, judged
from catalog.domain.packages import Catalogue
from catalog.store import acts, customers, ledger, postings
from catalog.store.acts import Act
from catalog.store.ledger import Account, Posting
from catalog.store.postings import LedgerLine
from chassis.messaging.unit import Unit
from contracts.echo import quoted
from contracts.faults import Told


class NoSuchCustomer(LookupError):
    """No order of it was ever priced."""


class NothingBilled(Exception):
    """Billing of none of the customer's orders has started: a charge belongs to one."""


class ReferenceTaken(Exception):
    """Something else was charged under it; `posting` is its number."""

    def __init__(self, posting: int) -> None:
        super().__init__(f"posting {posting}")
        self.posting = posting


class NotToCharge(Exception):
    """`faults` are all of them."""

    def __init__(self, faults: Sequence[Told]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Wish:
    """Without an `order_id` it belongs to the order whose billing has started last. `asked` is all of it as text."""

    customer_id: str
    charge: ManualCharge
    order_id: str | None
    reference: str
    asked: str
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class BackOffice:
    """What it charges for, and at which prices."""

    catalogue: Catalogue
    books: Books

    async def charge(self, unit: Unit, wish: Wish) -> tuple[LedgerLine, bool]:
        """The line, and whether it is new: what is asked again under its reference is there already.

        Raises NoSuchCustomer, NothingBilled, ReferenceTaken and NotToCharge.
        """
        await ledger.lock(unit.connection)
        newest = await customers.newest(unit.connection, wish.customer_id)
        if newest is None:
            raise NoSuchCustomer(wish.customer_id)
        if known := await acts.under(unit.connection, wish.customer_id, wish.reference):
            return await _again(unit, wish, known), False
        if not newest.has_started:
            raise NothingBilled(wish.customer_id)
        account, faults = await _account(unit, wish, newest.account)
        today = unit.business_now.astimezone(account.zone).date()
        terms = Terms(today, self.books.on(today, account.partner_id), self.catalogue)
        line, more = judged(wish.charge, terms)
        if line is None or faults:
            raise NotToCharge([*faults, *more])
        act = Act(wish.who, "charge", wish.why, wish.customer_id, reference=wish.reference, asked=wish.asked)
        return await post_one(unit, Posting(account, line, "manual"), "manual", act), True


async def _again(unit: Unit, wish: Wish, known: acts.Asked) -> LedgerLine:
    if known.asked != wish.asked:
        raise ReferenceTaken(known.posting)
    posted = await postings.one(unit.connection, known.posting)
    assert posted is not None
    return posted


async def _account(unit: Unit, wish: Wish, newest: Account) -> tuple[Account, list[Told]]:
    """That of the order that is asked for; else, and where it cannot be charged, that of the newest one."""
    if wish.order_id is None:
        return newest, []
    found = await customers.of_order(unit.connection, wish.order_id)
    if found is None or found.account.customer_id != wish.customer_id:
        detail = f"this customer has no order {quoted(wish.order_id)}; leave it out for the newest one"
        return newest, [Told("/order_id", "no-such-order", detail)]
    if not found.has_started:
        detail = f"billing of {quoted(wish.order_id)} has not started; leave it out for the newest one that has"
        return newest, [Told("/order_id", "not-started", detail)]
    return found.account, []
