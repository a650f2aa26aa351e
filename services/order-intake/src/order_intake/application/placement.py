"""Where an order belongs: the enterprise and the customer it names, found or newly made according to its kind."""

from collections.abc import Iterable
from dataclasses import dataclass

from contracts import names
from contracts.echo import quoted
from contracts.orders import Fault, OrderKind
from order_intake.domain.names import broadworks_id
from order_intake.store.accounts import Account


@dataclass(frozen=True, slots=True)
class Site:
    """The names an order gives, and the accounts that have them; None is one that nobody has yet."""

    partner_id: str
    enterprise_name: str
    customer_name: str
    enterprise: Account | None
    customer: Account | None

    def faults(self, kind: OrderKind) -> list[Fault]:
        """Why an order of this kind has no place here; empty when it may be settled."""
        enterprise, name = self.enterprise, self.customer_name
        if kind == "new-enterprise":
            if enterprise is None:
                return []
            detail = f"the enterprise {quoted(enterprise.name)} exists; order a new-group under it"
            return [Fault(pointer="/enterprise", code="enterprise-exists", detail=detail)]
        if enterprise is None or enterprise.status != "active":
            wait = (
                "is still being set up" if enterprise else "does not exist; check the name, or order a new-enterprise"
            )
            detail = f"the enterprise {quoted(enterprise.name if enterprise else self.enterprise_name)} {wait}"
            return [Fault(pointer="/enterprise", code="enterprise-unknown", detail=detail)]
        if kind == "add-services" and (self.customer is None or self.customer.status != "active"):
            detail = f"{quoted(enterprise.name)} has no active customer {quoted(name)}; order a new-group for a new one"
            return [Fault(pointer="/customer/account_name", code="customer-unknown", detail=detail)]
        if kind == "new-group" and self.customer is not None:
            detail = f"{quoted(enterprise.name)} has a customer {quoted(self.customer.name)}; order add-services for it"
            return [Fault(pointer="/customer/account_name", code="customer-exists", detail=detail)]
        return []


@dataclass(frozen=True, slots=True)
class Placement:
    """The accounts of an order, and their BroadWorks ids. `..._new` tells that BroadWorks does not have them yet."""

    enterprise_id: str
    customer_id: str
    service_provider_id: str
    group_id: str
    enterprise_new: bool
    group_new: bool


class Directory:
    """The accounts a batch may touch; `added` collects those that it makes."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._known = {(one.partner_id, one.parent_id, names.key(one.name)): one for one in accounts}
        self.added: list[Account] = []

    def site(self, partner_id: str, enterprise_name: str, customer_name: str) -> Site:
        """What stands under these names now, those of earlier orders in the batch included."""
        enterprise = self._known.get((partner_id, "", names.key(enterprise_name)))
        customer = None
        if enterprise is not None:
            customer = self._known.get((partner_id, enterprise.account_id, names.key(customer_name)))
        return Site(partner_id, enterprise_name, customer_name, enterprise, customer)

    def settle(self, site: Site, order_id: str) -> Placement:
        """The accounts of an order that has no faults; new ones are added."""
        enterprise = site.enterprise or self._add(site.partner_id, "Enterprise", site.enterprise_name, "", order_id)
        parent = enterprise.account_id
        customer = site.customer or self._add(site.partner_id, "Customer", site.customer_name, parent, order_id)
        return Placement(
            enterprise_id=enterprise.account_id,
            customer_id=customer.account_id,
            service_provider_id=enterprise.broadworks_id,
            group_id=customer.broadworks_id,
            enterprise_new=not enterprise.built,
            group_new=not customer.built,
        )

    def _add(self, partner_id: str, role: str, name: str, parent_id: str, order_id: str) -> Account:
        account = Account(
            account_id=f"{'e' if role == 'Enterprise' else 'c'}-{order_id}",
            partner_id=partner_id,
            role=role,
            name=name,
            parent_id=parent_id,
            broadworks_id=broadworks_id(name, f"{partner_id} {parent_id}"),
            order_id=order_id,
        )
        self._known[partner_id, parent_id, names.key(name)] = account
        self.added.append(account)
        return account
