"""Where an order belongs: the enterprise and the customer it names, found or newly made according to its kind."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from contracts.orders import Fault, OrderForm
from order_intake.domain.names import broadworks_id
from order_intake.store.accounts import Account, name_key


@dataclass(frozen=True, slots=True)
class Placement:
    enterprise_id: str
    customer_id: str
    service_provider_id: str
    group_id: str
    enterprise_new: bool
    group_new: bool

    def ids(self) -> dict[str, str | bool]:
        return asdict(self)


class Directory:
    """The accounts a batch may touch; `added` collects those that it makes."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._known = {(one.partner_id, one.parent_id, name_key(one.name)): one for one in accounts}
        self.added: list[Account] = []

    def faults(self, partner_id: str, form: OrderForm) -> list[Fault]:
        """Why the order has no place; empty when `place` may be called."""
        enterprise, customer = self._find(partner_id, form)
        name = form.customer.account_name
        if form.kind == "new-enterprise":
            if enterprise is None:
                return []
            detail = f"the enterprise {form.enterprise!r} exists; order a new-group under it"
            return [Fault(pointer="/enterprise", code="enterprise-exists", detail=detail)]
        if enterprise is None or enterprise.status != "active":
            wait = (
                "is still being set up" if enterprise else "does not exist; check the name, or order a new-enterprise"
            )
            detail = f"the enterprise {form.enterprise!r} {wait}"
            return [Fault(pointer="/enterprise", code="enterprise-unknown", detail=detail)]
        if form.kind == "add-services" and (customer is None or customer.status != "active"):
            detail = f"{form.enterprise!r} has no active customer {name!r}; order a new-group for a new one"
            return [Fault(pointer="/customer/account_name", code="customer-unknown", detail=detail)]
        if form.kind == "new-group" and customer is not None:
            detail = f"{form.enterprise!r} has a customer {name!r}; order add-services for it"
            return [Fault(pointer="/customer/account_name", code="customer-exists", detail=detail)]
        return []

    def place(self, partner_id: str, form: OrderForm, order_id: str) -> Placement:
        """The accounts of an order that has no faults; new ones are added."""
        enterprise, customer = self._find(partner_id, form)
        if enterprise is None:
            enterprise = self._add(partner_id, "Enterprise", form.enterprise, "", order_id)
        if customer is None:
            customer = self._add(partner_id, "Customer", form.customer.account_name, enterprise.account_id, order_id)
        return Placement(
            enterprise_id=enterprise.account_id,
            customer_id=customer.account_id,
            service_provider_id=enterprise.broadworks_id,
            group_id=customer.broadworks_id,
            enterprise_new=not enterprise.built,
            group_new=not customer.built,
        )

    def _find(self, partner_id: str, form: OrderForm) -> tuple[Account | None, Account | None]:
        enterprise = self._known.get((partner_id, "", name_key(form.enterprise)))
        if enterprise is None:
            return None, None
        key = (partner_id, enterprise.account_id, name_key(form.customer.account_name))
        return enterprise, self._known.get(key)

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
        self._known[partner_id, parent_id, name_key(name)] = account
        self.added.append(account)
        return account
