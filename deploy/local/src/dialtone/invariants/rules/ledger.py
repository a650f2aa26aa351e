"""Invariant 3 for the ledger itself: what every posting comes to, and that no day is charged twice or left out."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

from dialtone.invariants.catalog_rows import ONE_DAY, Posting, Subscription
from dialtone.invariants.rules.ending import LONG
from dialtone.invariants.snapshot import Snapshot

CENT = Decimal("0.01")
Days = tuple[date, date]  # half-open
BY_ITSELF = ("start", "delivery", "recurring")  # the reasons for which nobody posts by hand
# A context of our own, as in catalog: 34 digits keep every quotient apart from a tie.
_EXACT = Context(prec=34, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow])


def amounts_are_recomputed(at: Snapshot) -> Iterator[str]:
    for one in at.postings:
        amount = amount_of(one)
        if one.amount != amount:
            yield f"posting {one.posting} of {one.whose} has the amount {one.amount} and comes to {amount}"


def amount_of(one: Posting) -> Decimal:
    """From the line alone: multiplied exactly, divided last, rounded once, half away from zero."""
    amount = _EXACT.multiply(one.unit_price, one.quantity)
    if one.days is not None and one.days_in_period and one.days != one.days_in_period:
        amount = _EXACT.divide(_EXACT.multiply(amount, one.days), one.days_in_period)
    return _EXACT.quantize(amount, CENT)


def days_are_counted(at: Snapshot) -> Iterator[str]:
    for one in at.postings:
        if not _counted(one):
            days = f"{one.days} of {one.days_in_period} days"
            yield f"posting {one.posting} of {one.whose} is for {days}, from {one.from_date} to {one.to_date}"


def _counted(one: Posting) -> bool:
    """A month at most, and a part of one is of a whole one; what is charged once has no days, nor what was by hand."""
    if one.days is None or one.days_in_period is None or one.to_date is None:
        dated = (one.days, one.days_in_period, one.to_date) != (None, None, None)
        return not dated and (one.kind != "MRC" or one.subscription_id is None)
    exact = one.days == (one.to_date - one.from_date).days
    return exact and one.kind == "MRC" and 1 <= one.days <= one.days_in_period and 28 <= one.days_in_period <= 31


def reversals_are_exact(at: Snapshot) -> Iterator[str]:
    postings = {one.posting: one for one in at.postings}
    for one in at.postings:
        if one.reverses is None:
            continue
        stale = postings.get(one.reverses)
        if stale is None or stale.reverses is not None:
            yield f"posting {one.posting} of {one.whose} reverses {one.reverses}, which cannot be reversed"
        elif one != _negative(stale, one):
            yield f"posting {one.posting} of {one.whose} is not the exact negative of {one.reverses}"


def _negative(stale: Posting, reversal: Posting) -> Posting:
    """What the reversal must be; when and why it was posted, and for which line of a plan, it says itself."""
    one, amount = reversal, stale.amount.copy_negate()
    told = stale._replace(posting=one.posting, run=one.run, line=one.line, reason=one.reason, posted_at=one.posted_at)
    return told._replace(quantity=-stale.quantity, amount=amount, reverses=stale.posting)


def nothing_is_reversed_twice(at: Snapshot) -> Iterator[str]:
    for stale, times in Counter(one.reverses for one in at.postings if one.reverses is not None).items():
        if times > 1:
            yield f"posting {stale} was reversed {times} times"


def numbers_have_no_gaps(at: Snapshot) -> Iterator[str]:
    numbers = {one.posting for one in at.postings}
    for missing in sorted({*range(1, max(numbers, default=0))} - numbers):
        yield f"posting {missing} is missing in the ledger"


def postings_are_what_their_subscription_charges(at: Snapshot) -> Iterator[str]:
    subscriptions = {one.subscription_id: one for one in at.subscriptions}
    for one in at.postings:
        subscription = subscriptions.get(one.subscription_id) if one.subscription_id is not None else None
        if subscription is None:
            if one.subscription_id is not None or one.reason in BY_ITSELF:
                yield f"posting {one.posting} of {one.whose} has no subscription"
        elif one.reverses is None and _charge(one) != _charge(subscription):
            yield f"posting {one.posting} of {one.whose} is not what subscription {one.subscription_id} charges"


def _charge(one: Posting | Subscription) -> tuple[object, ...]:
    whose = one.partner_id, one.customer_id, one.order_id
    return (*whose, one.item_id, one.package, one.kind, one.quantity, one.unit_price)


def postings_tile(at: Snapshot) -> Iterator[str]:
    """What stands of a subscription leaves no day out and has none twice, from its beginning to where it is posted.

    What people have credited stays so: it is as good as posted, and what is charged once whatever its day was.
    """
    standing, credited = _standing(at), _credited(at)
    for one in at.subscriptions:
        if one.kind == "NRC" and one.subscription_id in credited:
            continue
        reached, gone = one.from_date, credited.get(one.subscription_id, set())
        for posting in standing.get(one.subscription_id, ()):
            reached = _through(gone, reached, posting.from_date)
            if posting.from_date != reached:
                yield f"posting {posting.posting} of {posting.whose} begins on {posting.from_date}, not on {reached}"
            reached = max(reached, posting.end)
        reached = _through(gone, reached, one.posted_to)
        if reached != one.posted_to:
            yield f"{_named(one)} is posted to {one.posted_to} and its postings reach {reached}"
        elif one.end is not None and reached > max(one.end, one.from_date):
            yield f"{_named(one)} is posted to {one.posted_to} and ends on {one.end}"


def _standing(at: Snapshot) -> Mapping[int, list[Posting]]:
    """By subscription and in the order of their dates; neither what was reversed nor what reverses."""
    stale, found = {one.reverses for one in at.postings}, dict[int, list[Posting]]()
    for one in sorted(at.postings, key=lambda one: (one.from_date, one.posting)):
        if one.subscription_id is not None and one.reverses is None and one.posting not in stale:
            found.setdefault(one.subscription_id, []).append(one)
    return found


def _credited(at: Snapshot) -> Mapping[int, set[Days]]:
    """By subscription."""
    stale, found = {one.reverses for one in at.postings if one.reason == "credit"}, dict[int, set[Days]]()
    for one in at.postings:
        if one.subscription_id is not None and one.posting in stale:
            found.setdefault(one.subscription_id, set()).add((one.from_date, one.end))
    return found


def _through(gone: set[Days], since: date, until: date) -> date:
    """As far as they lead from a day, one after another."""
    while ends := [min(end, until) for begin, end in gone if begin <= since < min(end, until)]:
        since = max(ends)
    return since


def periods_that_began_are_posted(at: Snapshot) -> Iterator[str]:
    """Business time may be ahead of ours, never behind: what is due by ours is due."""
    for one in at.subscriptions:
        if one.due_at is not None and one.due_at < at.taken_at - LONG:
            yield f"{_named(one)} was due at {one.due_at} and is posted to {one.posted_to}"


def what_goes_on_is_due(at: Snapshot) -> Iterator[str]:
    """What is due never, or too late, is not charged and nobody sees it."""
    for one in at.subscriptions:
        due = f"at {one.due_at}" if one.due_at else "never"
        goes_on = one.end is None or one.posted_to < one.end
        if goes_on and (one.due_at is None or not _about(one.due_at, one.posted_to)):
            yield f"{_named(one)} goes on from {one.posted_to} and is due {due}"
        elif one.due_at is not None and not goes_on:
            yield f"{_named(one)} is posted to its end and due {due}"


def _about(due_at: datetime, day: date) -> bool:
    """The day begins with the customer, within a day of where it begins in UTC."""
    return abs(due_at - datetime.combine(day, time.min, UTC)) < ONE_DAY


def _named(one: Subscription) -> str:
    return f"subscription {one.subscription_id} of {one.order_id}"
