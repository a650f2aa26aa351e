"""The metrics of did-inventory."""

from prometheus_client import Gauge

from chassis.runtime.database import Pool
from did_inventory.store.counts import counts

NUMBERS = Gauge("numbers", "Numbers by area code and state.", ["pool", "state"])
STATES = ("available", "reserved", "assigned")


async def measure(pool: Pool) -> None:
    """Numbers by pool and state; a state that is empty shows zero, not nothing."""
    found = await counts(pool)
    shown = {(npa, state): 0 for npa, _ in found for state in STATES}
    NUMBERS.clear()
    for (npa, state), count in {**shown, **found}.items():
        NUMBERS.labels(npa, state).set(count)
