"""What breaks invariant 6."""

from dialtone.invariants.snapshot import Snapshot

from ..changes import Break, drop, edit, order
from ..made import a_backorder, an_account


def use_the_enterprise_of_another(at: Snapshot) -> None:
    order(at, "going", partner_id="p-2")
    drop(at.billing, order_id="going")
    edit(at.numbers, {"order_id": "going"}, partner_id="p-2")


def bill_a_customer_of_another(at: Snapshot) -> None:
    at.accounts.append(an_account("c-9", "Customer", "g-9", None, partner_id="p-2"))
    edit(at.billing, {"order_id": "going"}, customer_id="c-9")


def charge_a_customer_of_another(at: Snapshot) -> None:
    at.accounts.append(an_account("c-9", "Customer", "g-9", None, partner_id="p-2"))
    edit(at.subscriptions, {"subscription_id": 1}, customer_id="c-9")


def post_to_a_customer_of_another(at: Snapshot) -> None:
    at.accounts.append(an_account("c-9", "Customer", "g-9", None, partner_id="p-2"))
    edit(at.postings, {"posting": 1}, customer_id="c-9")


def assign_to_a_customer_of_another(at: Snapshot) -> None:
    at.accounts.append(an_account("c-9", "Customer", "g-9", None, partner_id="p-2"))
    edit(at.numbers, {"number": "+3"}, customer_id="c-9")


def lose_an_account_to_another(at: Snapshot) -> None:
    edit(at.accounts, {"account_id": "c-trunking"}, partner_id="p-2", parent_id="")
    edit(at.numbers, {"number": "+3"}, customer_id=None)
    for charged in (at.billing, at.subscriptions, at.postings):
        edit(charged, {"order_id": "trunking"}, customer_id="")


BREAKS = [
    Break(
        "6",
        "a ticket of hosted carries the partner p-2",
        lambda at: edit(at.tickets, {"ticket_id": 1}, partner_id="p-2"),
    ),
    Break(
        "6",
        "a backorder of hosted carries the partner p-2",
        lambda at: at.backorders.append(a_backorder("hosted", 0, partner_id="p-2")),
    ),
    Break(
        "6",
        "a billing of going carries the partner p-2",
        lambda at: edit(at.billing, {"order_id": "going"}, partner_id="p-2"),
    ),
    Break(
        "6",
        "a subscription of hosted carries the partner p-2",
        lambda at: edit(at.subscriptions, {"subscription_id": 1}, partner_id="p-2"),
    ),
    Break(
        "6",
        "a posting of hosted carries the partner p-2",
        lambda at: edit(at.postings, {"posting": 3}, partner_id="p-2"),
    ),
    Break(
        "6",
        "+3 of trunking is shown to the partner p-2",
        lambda at: edit(at.numbers, {"number": "+3"}, partner_id="p-2"),
    ),
    Break("6", "account c-trunking of trunking belongs to the partner p-2", lose_an_account_to_another),
    Break(
        "6",
        "account c-9 of the partner p-2 is under one of the partner p-1",
        lambda at: at.accounts.append(an_account("c-9", "Customer", "g-9", None, partner_id="p-2", parent_id="e-1")),
    ),
    Break("6", "+3 of trunking is assigned to a customer of the partner p-2", assign_to_a_customer_of_another),
    Break("6", "going is billed to a customer of the partner p-2", bill_a_customer_of_another),
    Break("6", "hosted is billed to a customer of the partner p-2", charge_a_customer_of_another),
    Break("6", "hosted is billed to a customer of the partner p-2", post_to_a_customer_of_another),
    Break("6", "enterprise sp-1 is used by the partners p-1, p-2", use_the_enterprise_of_another),
    Break(
        "6",
        "hosted works in group g-hosted of sp-2, not in its own",
        lambda at: edit(at.workplaces, {"order_id": "hosted"}, service_provider_id="sp-2"),
    ),
]
