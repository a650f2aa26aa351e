"""An order of a customer of its own that is billed: something for the paths of catalog to name."""

from uuid import uuid4

from chassis.messaging.boundary import Boundary
from chassis.messaging.incoming import Record
from contracts.catalog import BillDelivered, OrderedItem, PriceOrder
from contracts.message import Command
from testkit.records import record_of
from tests.http.services import Served

# What was charged for it first, and by which subscription.
POSTED = "SELECT posting, subscription_id FROM postings WHERE order_id = $1 ORDER BY posting LIMIT 1"


async def billed(service: Served) -> dict[str, str]:
    """What the parts of a path are called, and what they name."""
    order_id, customer_id = uuid4().hex, uuid4().hex
    today = service.settings.clock.now().date()
    priced = PriceOrder(
        order_id=order_id,
        run=1,
        partner_id="p-1",
        customer_id=customer_id,
        time_zone="UTC",
        submitted_on=today,
        billing_start=today.replace(day=1),
        items=(OrderedItem(item_id="1", package="Power User"),),
    )
    delivered = BillDelivered(order_id=order_id, run=1, delivery=0, items=("1",))
    records = [_record(priced, "price order"), _record(delivered, "bill")]
    await Boundary(service.parts.service, service.pool, service.settings).handle(records)
    posting, subscription_id = await service.pool.fetchrow(POSTED, order_id)
    return {
        "order_id": order_id,
        "customer_id": customer_id,
        "posting": str(posting),
        "subscription_id": str(subscription_id),
    }


def _record(command: Command, step: str) -> Record:
    return record_of(command, f"{command.order_id}:1:{step}:do:1", step=step, direction="do")
