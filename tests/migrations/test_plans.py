"""No statement reads what grows with the age of a service, but those that are named here with their reason."""

import pytest

from testkit.plans import unbounded
from testkit.postgres import Databases
from tests.house.source import SERVICES

pytestmark = pytest.mark.integration
QUEUE = "the table is a queue, and empty when all is well"
SMALL = "as many rows as there are partners, packages or price books"
SELDOM = "rows that need an operator, and those that had one until they are pruned"
FOLDED = "a row for each area code and state, and what was noted since the last look"
ALLOWED = {
    "chassis.messaging.outbox.ANY": QUEUE,
    "chassis.messaging.relay.CLAIM": QUEUE,
    "chassis.messaging.relay.STALLED": QUEUE,
    "chassis.messaging.relay.AGE": QUEUE,
    "chassis.messaging.waiting.KEEP": QUEUE,
    "chassis.messaging.waiting.LET_GO": QUEUE,
    "chassis.messaging.unsendable.LINES": SELDOM,
    "chassis.messaging.unsendable.PRUNE": SELDOM,
    "chassis.messaging.unsendable.COUNT": SELDOM,
    "chassis.facts.partner_keys.IDS": SMALL,
    "catalog.store.ledger.LOCK": "one row",
    "catalog.store.ledger.POST": "one row",
    "catalog.store.offers.NAMES": SMALL,
    "catalog.store.postings.LAST": "one row",
    "catalog.store.price_books.LOAD": SMALL,
    "catalog.store.price_books.FIND": SMALL,
    "catalog.store.price_books.KNOWS_PARTNER": "the keys of all partners, when an operator adds prices for one",
    "catalog.store.reconciling.NOT_CHARGED": "what an operator asks for: all orders that were billed at once",
    "order_intake.store.keys.IDS": SMALL,
    "order_intake.store.packages.ALL": SMALL,
    "order_intake.store.partners.ALL": SMALL,
    "order_intake.store.audit._RUNS": "what a checker asks for: all orders",
    "order_intake.store.counts.OPEN_ORDERS": "the index has unfinished orders only",
    "ticketing.store.listing.COUNTS": "the index has open tickets only",
    "broadsoft_provisioner.store.ledger.USERS_INTENDED": "the index has what is in hand only",
    "did_inventory.store.counts.COUNTS": FOLDED,
    "did_inventory.store.counts.FOLD": FOLDED,
}


@pytest.mark.parametrize("package", SERVICES)
async def test_no_statement_reads_a_whole_table(databases: Databases, package: str) -> None:
    url = await databases.migrated(package, f"{package}_plans")
    chassis = ("chassis.messaging",) if package == "order_intake" else ("chassis.messaging", "chassis.facts")
    found = await unbounded(url, f"{package}.store", *chassis)
    ours = (f"{package}.", *chassis)
    assert set(found) == {name for name in ALLOWED if name.startswith(ours)}, found


async def test_a_statement_without_an_index_is_found(databases: Databases) -> None:
    url = await databases.migrated("ticketing", "ticketing_plans")
    found = await unbounded(url, "tests.migrations.slow_statements")
    assert found == {
        "tests.migrations.slow_statements.BY_NOTE": ["all of tickets"],
        "tests.migrations.slow_statements.FIRST_BY_NOTE": ["all of tickets by tickets_pkey"],
    }
