"""Invariant 6: what belongs to one order belongs to one partner, in every service."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from dialtone.invariants.snapshot import OfOrder, Snapshot


class OfPartner(OfOrder, Protocol):
    @property
    def partner_id(self) -> str: ...


def rows_carry_their_partner(at: Snapshot) -> Iterator[str]:
    owner = {order_id: order.partner_id for order_id, order in at.orders.items()}
    held: dict[str, Iterable[OfPartner]] = {
        "ticket": at.tickets,
        "backorder": at.backorders,
        "billing": at.billing,
        "subscription": at.subscriptions,
        "posting": at.postings,
    }
    for what, rows in held.items():
        for row in rows:
            if owner.get(row.order_id, row.partner_id) != row.partner_id:
                yield f"a {what} of {row.order_id} carries the partner {row.partner_id}"


def numbers_are_shown_to_their_partner(at: Snapshot) -> Iterator[str]:
    for row in at.numbers:
        order = at.orders.get(row.order_id or "")
        if order is not None and row.partner_id not in (None, order.partner_id):
            yield f"{row.number} of {row.order_id} is shown to the partner {row.partner_id}"


def accounts_are_of_one_partner(at: Snapshot) -> Iterator[str]:
    partner_of = {account.account_id: account.partner_id for account in at.accounts}
    for account in at.accounts:
        name, partner, order = account.name, account.partner_id, at.orders.get(account.order_id or "")
        if order is not None and order.partner_id != partner:
            yield f"account {name} of {order.order_id} belongs to the partner {partner}"
        parent = partner_of.get(account.parent_id, partner)
        if parent != partner:
            yield f"account {name} of the partner {partner} is under one of the partner {parent}"


def customers_are_their_partners(at: Snapshot) -> Iterator[str]:
    """Numbers are assigned, and charges made, to customers of the partner whose order it is."""
    partner_of = {account.account_id: account.partner_id for account in at.accounts}
    given = [(f"{row.number} of {row.order_id} is assigned", row.order_id, row.customer_id) for row in at.numbers]
    charged = {(row.order_id, row.customer_id) for rows in (at.billing, at.subscriptions, at.postings) for row in rows}
    billed = [(f"{order_id} is billed", order_id, customer_id) for order_id, customer_id in sorted(charged)]
    for what, order_id, customer_id in (*given, *billed):
        order, partner = at.orders.get(order_id or ""), partner_of.get(customer_id or "")
        if order is not None and partner is not None and order.partner_id != partner:
            yield f"{what} to a customer of the partner {partner}"


def enterprises_are_of_one_partner(at: Snapshot) -> Iterator[str]:
    users: dict[str, set[str]] = {}
    for order in at.orders.values():
        users.setdefault(order.service_provider_id, set()).add(order.partner_id)
    for provider, partners in users.items():
        if len(partners) > 1:
            yield f"enterprise {provider} is used by the partners {', '.join(sorted(partners))}"
    for place in at.workplaces:
        works = at.orders.get(place.order_id)
        if works is not None and (place.service_provider_id, place.group_id) != works.place:
            yield f"{place.order_id} works in group {place.group_id} of {place.service_provider_id}, not in its own"
