"""The saga of an order, on one screen. What each step sends is in requests.py, what the gate asks in e911.py."""

from chassis.saga.steps import Gate, Pivot, Saga, Stage, Step, Wait, Waits, minutes
from order_intake.domain import e911, requests
from order_intake.domain.subject import Subject, absorb

PROVISION_ORDER = Saga[Subject](
    "provision order",
    version=1,
    absorb=absorb,
    parts=(
        Stage(
            (
                Step("price order", do=requests.price_order, undo=requests.discard_charges),
                Step(
                    "reserve numbers",
                    do=requests.reserve_numbers,
                    undo=requests.release_numbers,
                    when=Subject.wants_numbers,
                ),
                Step(
                    "ask for the 911 location",
                    do=requests.open_e911_ticket,
                    undo=requests.cancel_e911_ticket,
                    when=e911.lacks_location,
                ),
            )
        ),
        Gate("911", verdict=e911.verdict),
        Stage(
            (
                Step(
                    "provision group",
                    do=requests.provision_group,
                    undo=requests.remove_group,
                    when=Subject.hosted,
                    within=minutes(5),
                    leaves_traces=True,
                ),
                Step("open tickets", do=requests.open_tickets, undo=requests.cancel_tickets),
            )
        ),
        Pivot(),
        Stage(
            (
                Step("assign numbers", do=requests.assign_numbers, when=Subject.wants_numbers),
                Step("start billing", do=requests.start_billing),
            )
        ),
        Waits(
            (
                Wait("trunking tickets", waiting=requests.waits_for_tickets, ask=requests.check_tickets),
                Wait("backorder", waiting=requests.waits_for_backorder, ask=requests.check_backorder),
            )
        ),
        Stage(
            (
                Step("add backordered numbers", do=requests.add_numbers, when=requests.has_hosted_delivery),
                Step("bill backordered numbers", do=requests.bill_delivered, when=Subject.backordered),
            )
        ),
        Stage((Step("close tickets", do=requests.close_tickets),)),
    ),
)
DEFINITIONS = {PROVISION_ORDER.version: PROVISION_ORDER}
