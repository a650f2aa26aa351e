"""One line is posted by somebody: at once, with who and why, and told to the world."""

from functools import partial

from catalog.application.telling import tell
from catalog.measures import count_posted
from catalog.store import acts, ledger, postings
from catalog.store.acts import Act
from catalog.store.ledger import Posting
from catalog.store.postings import LedgerLine
from chassis.messaging.unit import Unit
from contracts.catalog import PostingReason


async def post_one(unit: Unit, posting: Posting, reason: PostingReason, act: Act) -> LedgerLine:
    """The line as it stands in the ledger, which must be locked. The act gets its number."""
    (number,) = await ledger.post(unit.connection, [posting], unit.business_now)
    await acts.write(unit.connection, act._replace(posting=number), unit.business_now)
    line = posting.line.model_copy(update={"posting": number})
    tell(unit, posting.account, reason, [line])
    unit.after.append(partial(count_posted, [line]))
    kept = await postings.one(unit.connection, number)
    assert kept is not None
    return kept
