"""Order forms for tests: each call gives another customer and external id."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

SERIAL = count(1)
LOCATION = {"street": "18 Market St", "unit": "Suite 210", "city": "Morristown", "state": "NJ", "zip": "07960"}
NO_911 = {"required": False, "reason": "trunk_customer_ali"}
SESSION = uuid4().hex[:6]


def form(kind: str, enterprise: str, **more: Any) -> dict[str, Any]:
    serial = next(SERIAL)
    return {
        "external_id": f"T-{SESSION}-{serial}",
        "kind": kind,
        "enterprise": enterprise,
        "customer": {
            "account_name": f"Customer {serial} {SESSION}",
            "domain": "customer.example",
            "time_zone": "America/New_York",
        },
        "requested_activation": (datetime.now(UTC) + timedelta(days=10)).isoformat(),
        "e911": {"required": True, "location": LOCATION},
        **more,
    }


def hosted(enterprise: str, *, kind: str = "new-group", seats: int = 2, **more: Any) -> dict[str, Any]:
    return form(kind, enterprise, items=[{"package": "Enterprise Standard", "quantity": seats}], **more)


def trunking(enterprise: str, *, kind: str = "new-group", **more: Any) -> dict[str, Any]:
    trunk = {"name": "main", "call_paths": 10}
    items = [{"package": "Standard Select Voice Lines", "quantity": 1, "trunk": trunk}]
    return form(kind, enterprise, items=items, **{"e911": NO_911, **more})


def unfillable(enterprise: str, **more: Any) -> dict[str, Any]:
    """An order that the door takes and the inventory refuses: nobody has a number there, and it will not wait."""
    return hosted(enterprise, number_searches=[search("907", 1, backorder=False)], **more)


def search(npa: str, quantity: int, nxx: str = "200", **more: Any) -> dict[str, Any]:
    return {"npa": npa, "nxx": nxx, "quantity": quantity, **more}
