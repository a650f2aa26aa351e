"""Lines are posted: numbered in the ledger, and counted once that is committed."""

from collections.abc import Sequence
from functools import partial

from catalog.measures import count_posted
from catalog.store import ledger
from catalog.store.ledger import Posting
from chassis.messaging.unit import Unit
from contracts.catalog import ChargeLine


async def post(unit: Unit, postings: Sequence[Posting]) -> list[ChargeLine]:
    """The lines with their numbers, in the order in which they are given. The ledger must be locked."""
    numbers = await ledger.post(unit.connection, postings, unit.business_now)
    lines = [it.line.model_copy(update={"posting": number}) for it, number in zip(postings, numbers, strict=True)]
    unit.after.append(partial(count_posted, lines))
    return lines
