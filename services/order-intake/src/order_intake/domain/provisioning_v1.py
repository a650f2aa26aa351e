"""The first version of the saga, for orders that began by it: all is billed at the pivot, what came late at the end.

It goes when none of them is left that has not ended (`progress::jsonb ->> 'version' = '1'`).
"""

from chassis.saga.steps import Gate, Pivot, Saga, Stage, Step, Wait, Waits
from contracts.broadsoft import NumbersAdded, ProvisioningRefused
from contracts.catalog import BillingStarted, DeliveredNumbersBilled
from contracts.numbers import BackorderChecked, BackorderFilled, NumbersAssigned
from order_intake.domain import e911, requests, waiting
from order_intake.domain.absorbing import absorb
from order_intake.domain.provisioning import (
    ASK_FOR_LOCATION,
    CLOSE_TICKETS,
    OPEN_TICKETS,
    PRICE,
    PROVISION,
    RESERVE,
    TRUNKING,
)
from order_intake.domain.subject import Subject

ASSIGN = Step("assign numbers", requests.assign_numbers, NumbersAssigned, when=Subject.wants_numbers)
START_BILLING = Step("start billing", requests.start_billing, BillingStarted)
BACKORDER = Wait(
    "backorder",
    waiting.for_whole_backorder,
    requests.check_backorder,
    answer=BackorderChecked,
    signal=BackorderFilled,
)
ADD_NUMBERS = Step(
    "add backordered numbers",
    requests.add_numbers,
    NumbersAdded,
    refused=(ProvisioningRefused,),
    when=waiting.has_late_delivery,
)
BILL_NUMBERS = Step(
    "bill backordered numbers", requests.bill_delivered, DeliveredNumbersBilled, when=Subject.backordered
)

PROVISION_ORDER_V1 = Saga[Subject](
    "provision order",
    version=1,
    absorb=absorb,
    parts=(
        Stage((PRICE, RESERVE, ASK_FOR_LOCATION)),
        Gate("911", verdict=e911.verdict),
        Stage((PROVISION, OPEN_TICKETS)),
        Pivot(),
        Stage((ASSIGN, START_BILLING)),
        Waits((TRUNKING, BACKORDER)),
        Stage((ADD_NUMBERS, BILL_NUMBERS)),
        Stage((CLOSE_TICKETS,)),
    ),
)
