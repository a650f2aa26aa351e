"""What people may copy from the OpenAPI document; a test sends each of them."""

from typing import Any

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
