"""What was posted is told to the world."""

from collections.abc import Sequence

from catalog.store.ledger import Account
from chassis.messaging.unit import Unit
from contracts.bounds import CHARGES
from contracts.catalog import ChargeLine, ChargesPosted, PostingReason


def tell(unit: Unit, account: Account, reason: PostingReason, lines: Sequence[ChargeLine]) -> None:
    """In as many events as they fill."""
    for first in range(0, len(lines), CHARGES):
        unit.emit(
            ChargesPosted(
                order_id=account.order_id,
                partner_id=account.partner_id,
                customer_id=account.customer_id,
                reason=reason,
                lines=tuple(lines[first : first + CHARGES]),
            )
        )
