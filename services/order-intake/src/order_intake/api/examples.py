"""An order as it is sent: what the OpenAPI document says of it, and what people may copy; a test sends each of them."""

from typing import Any

from contracts.bounds import TimeZone
from contracts.orders import Customer, OrderForm


class SentCustomer(Customer):
    """The customer block of the order form. `account_name` names the account, the group and the invoice.

    `time_zone` is an IANA name: it says which day it is for the customer. `address` is for the invoice.
    """

    time_zone: TimeZone


class SentForm(OrderForm):
    """An order. `external_id` is the partner's own, unique for ever.

    `enterprise` names the account above the customer's. `billing_start` counts in the customer's time zone and is the
    day of the submit when it is missing; `requested_activation` needs an offset. Rules beyond sizes and shapes are
    judged at the door, and all that are broken are told at once.
    """

    customer: SentCustomer


LOCATION: dict[str, Any] = {"street": "18 Market St", "city": "Morristown", "state": "NJ", "zip": "07960"}
ORDER: dict[str, Any] = {
    "external_id": "PO-2001",
    "kind": "new-enterprise",
    "enterprise": "Lakeside Veterinary",
    "customer": {
        "account_name": "Lakeside Veterinary Morristown",
        "domain": "lakeside.example",
        "time_zone": "America/New_York",
    },
    "e911": {"required": True, "location": LOCATION},
    "items": [{"package": "Enterprise Standard", "quantity": 2}],
    "number_searches": [{"npa": "973", "nxx": "555", "quantity": 2}],
}
