"""The orders of the demonstration; the names are invented, the numbers are fiction (555-01XX)."""

from datetime import UTC, datetime, timedelta
from typing import Any

ENTERPRISE = "Harbor Dental Group"
LOCATION = {"street": "18 Market St", "unit": "Suite 210", "city": "Morristown", "state": "NJ", "zip": "07960"}


def _form(external_id: str, kind: str, account: str, **more: Any) -> dict[str, Any]:
    activation = datetime.now(UTC).replace(microsecond=0) + timedelta(days=14)
    return {
        "external_id": external_id,
        "kind": kind,
        "enterprise": ENTERPRISE,
        "customer": {
            "account_name": account,
            "first_name": "Ada",
            "last_name": "Reyes",
            "email": "ap@harbordental.example",
            "domain": "harbordental.example",
            "time_zone": "America/New_York",
            "address": LOCATION,
        },
        "requested_activation": activation.isoformat(),
        "e911": {"required": True, "location": LOCATION},
        **more,
    }


def hosted() -> dict[str, Any]:
    return _form(
        "PO-1001",
        "new-enterprise",
        "Harbor Dental Morristown",
        items=[
            {"package": "Enterprise Standard", "quantity": 5},
            {"package": "Auto Attendant", "quantity": 1},
            {"package": "Broadsoft Provisioning Fee", "quantity": 1},
        ],
        numbers=[{"number": "+19735550110"}],
        number_searches=[{"npa": "973", "nxx": "555", "quantity": 4}],
    )


def trunking() -> dict[str, Any]:
    trunk = {"name": "hoboken-main", "call_paths": 10, "pbx": "FreePBX 17", "codecs": ["G711", "G729"]}
    return _form(
        "PO-1002",
        "new-group",
        "Harbor Dental Hoboken",
        items=[{"package": "Standard Select Voice Lines", "quantity": 10, "trunk": trunk}],
        number_searches=[{"npa": "201", "nxx": "555", "quantity": 3, "trunking": True}],
        e911={"required": False, "reason": "trunk_customer_ali"},
    )


def mixed() -> dict[str, Any]:
    """Hosted seats, a trunk group, and more numbers than New York has."""
    trunk = {"name": "nyc-overflow", "call_paths": 4, "pbx": "Asterisk 22"}
    return _form(
        "PO-1003",
        "new-group",
        "Harbor Dental New York",
        items=[
            {"package": "Enterprise Basic", "quantity": 2},
            {"package": "Standard Select Voice Lines", "quantity": 4, "trunk": trunk},
        ],
        number_searches=[{"npa": "212", "nxx": "555", "quantity": 62}],
    )


def failing() -> dict[str, Any]:
    return _form(
        "PO-1004",
        "new-group",
        "Harbor Dental Newark",
        items=[{"package": "Power User", "quantity": 3}, {"package": "Hunt Group", "quantity": 1}],
        number_searches=[{"npa": "973", "nxx": "555", "quantity": 3}],
    )
