"""One line is posted by somebody: at once, with who and why, and told to the world."""

from catalog.application.posting import post
from catalog.application.telling import tell
from catalog.store import acts, postings
from catalog.store.acts import Act
from catalog.store.ledger import Posting
from catalog.store.postings import LedgerLine
from chassis.messaging.unit import Unit
from contracts.catalog import PostingReason


async def post_one(unit: Unit, posting: Posting, reason: PostingReason, act: Act) -> LedgerLine:
    """The line as it stands in the ledger, which must be locked. The act gets its number."""
    (line,) = await post(unit, [posting])
    assert line.posting is not None
    await acts.write(unit.connection, act._replace(posting=line.posting), unit.business_now)
    tell(unit, posting.account, reason, [line])
    kept = await postings.one(unit.connection, line.posting)
    assert kept is not None
    return kept
