"""The metrics of ticketing."""

from itertools import product

from prometheus_client import Gauge

from chassis.runtime.database import Pool
from ticketing.domain.kinds import KINDS
from ticketing.domain.states import OPEN
from ticketing.store import listing

TICKETS_OPEN = Gauge("tickets_open", "Tickets that have not ended, by kind and state.", ["kind", "state"])


async def measure(pool: Pool) -> None:
    """Every kind and state, so that one that has become empty shows zero and not its last count."""
    counts = await listing.open_counts(pool)
    for kind, state in product(KINDS, OPEN):
        TICKETS_OPEN.labels(kind, state).set(counts.get((kind, state), 0))
