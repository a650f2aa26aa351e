"""The 911 gate: a dispatchable location, accepted at least 48 hours before service activation (47 CFR 9.11, seed A)."""

import re
from datetime import datetime, timedelta

from chassis.saga.steps import Held
from contracts.orders import Address
from order_intake.domain.subject import Subject
from order_intake.domain.texts import CONTROL

LEAD = timedelta(hours=48)
_NO_PLACE = re.compile(r"\b(p\.?\s*o\.?\s*box|general delivery|mail drop|private mail\s*box|pmb)\b", re.IGNORECASE)
_HOUSE_NUMBER = re.compile(r"^\d+\w*\s+\S")


def location_faults(location: Address) -> list[tuple[str, str, str]]:
    """(field, code, detail) of everything that keeps responders from finding the place."""
    faults = []
    for field in ("street", "unit", "city"):
        if CONTROL.search(getattr(location, field)):
            faults.append((field, "control-character", f"{getattr(location, field)!r} contains a control character"))
    for field in ("street", "unit"):
        text = getattr(location, field)
        if _NO_PLACE.search(text):
            faults.append((field, "not-a-place", f"{text!r} is a mail drop; give the place itself"))
    if not _NO_PLACE.search(location.street) and not _HOUSE_NUMBER.match(location.street):
        detail = f"{location.street!r} has no house number; expected e.g. '18 Market St'"
        faults.append(("street", "no-house-number", detail))
    if location.state not in STATES:
        faults.append(("state", "unknown-state", f"{location.state!r} is no USPS state code"))
    return faults


def lacks_location(order: Subject) -> bool:
    """911 is wanted, and no location was accepted yet."""
    return order.form.e911.required and order.location_accepted_at is None


def verdict(order: Subject, now: datetime) -> Held | None:
    """None opens the gate. Without a location the order is `pending`, within 48 hours of it `held`."""
    if not order.form.e911.required:
        return None
    accepted = order.location_accepted_at
    if accepted is None:
        return Held("the 911 location is missing", "pending")
    earliest = accepted + LEAD
    activation = order.form.requested_activation
    if (activation is not None and activation >= earliest) or now >= earliest:
        return None
    return Held(f"911 needs 48 hours: activation at {earliest.isoformat()} at the earliest", "held", earliest)


STATES = frozenset(
    (
        "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH "
        "OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY PR VI GU AS MP"
    ).split()
)
