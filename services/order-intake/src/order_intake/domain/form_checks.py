"""The rules of an order form beyond its shape. All faults at once, each with a JSON pointer into the form."""

import ipaddress
import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from contracts.bounds import NUMBERS
from contracts.orders import Fault, OrderForm
from order_intake.domain.e911 import location_faults
from order_intake.domain.texts import CONTROL

_DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"\+1[2-9][0-9]{2}[2-9][0-9]{6}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# In the JSON text: an escaped control character, a raw DEL, or a string of blanks. Rare, so the walk is too.
_SUSPICIOUS = re.compile(r"\\u00[01]|\\[bf]|\x7f|\"(\s|\\[tnr])+\"")


def faults(form: OrderForm, now: datetime) -> list[Fault]:
    """Empty when the form may be accepted at `now` (business time, aware UTC)."""
    checks = (_texts, _customer, _content, _numbers, _e911, _trunks)
    found = [fault for check in checks for fault in check(form)]
    return [*found, *_dates(form, now)]


@lru_cache(maxsize=1024)
def is_time_zone(name: str) -> bool:
    """An IANA name with an area, or UTC."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return "/" in name or name == "UTC"


def _texts(form: OrderForm) -> Iterator[Fault]:
    """No text of the form may carry control characters, and no name may be blank."""
    if not _SUSPICIOUS.search(form.model_dump_json()):
        return
    for pointer, text in _walk(form.model_dump(), ""):
        if CONTROL.search(text):
            yield Fault(pointer=pointer, code="control-character", detail=f"{text!r} contains a control character")
        elif not text.strip() and text:
            yield Fault(pointer=pointer, code="blank", detail=f"{text!r} is blank")


def _walk(value: object, pointer: str) -> Iterator[tuple[str, str]]:
    match value:
        case str():
            yield pointer, value
        case dict():
            for name, part in value.items():
                yield from _walk(part, f"{pointer}/{name}")
        case list() | tuple():
            for index, part in enumerate(value):
                yield from _walk(part, f"{pointer}/{index}")


def _customer(form: OrderForm) -> Iterator[Fault]:
    customer = form.customer
    if not is_time_zone(customer.time_zone):
        detail = f"{customer.time_zone!r} is no time zone; expected an IANA name such as America/New_York"
        yield Fault(pointer="/customer/time_zone", code="unknown-time-zone", detail=detail)
    if customer.domain.lower().startswith("www."):
        detail = f"{customer.domain!r}: leave out 'www.', expected {customer.domain[4:]!r}"
        yield Fault(pointer="/customer/domain", code="domain-with-www", detail=detail)
    elif not _DOMAIN.fullmatch(customer.domain):
        detail = f"{customer.domain!r} is no domain; it is needed for provisioning, e.g. customer.example"
        yield Fault(pointer="/customer/domain", code="bad-domain", detail=detail)
    if customer.email and not _EMAIL.fullmatch(customer.email):
        yield Fault(pointer="/customer/email", code="bad-email", detail=f"{customer.email!r} is no e-mail address")


def _content(form: OrderForm) -> Iterator[Fault]:
    if not (form.items or form.numbers or form.number_searches):
        yield Fault(pointer="/items", code="empty", detail="the order asks for nothing: add items or numbers")


def _numbers(form: OrderForm) -> Iterator[Fault]:
    wanted = len(form.numbers) + sum(search.quantity for search in form.number_searches)
    if wanted > NUMBERS:
        detail = f"{wanted} numbers are chosen and searched for; an order takes at most {NUMBERS}: split it"
        yield Fault(pointer="/number_searches", code="too-many-numbers", detail=detail)
    seen: set[str] = set()
    for index, choice in enumerate(form.numbers):
        where = f"/numbers/{index}/number"
        if not _NUMBER.fullmatch(choice.number):
            detail = f"{choice.number!r} is no E.164 number of North America; expected +1NPANXXXXXX"
            yield Fault(pointer=where, code="not-e164", detail=detail)
        elif choice.number in seen:
            yield Fault(pointer=where, code="twice", detail=f"{choice.number} is in the order twice")
        seen.add(choice.number)


def _e911(form: OrderForm) -> Iterator[Fault]:
    e911 = form.e911
    if not e911.required and e911.reason is None:
        detail = "911 'no' needs a reason, e.g. fax_only, no_outbound, trunk_customer_ali"
        yield Fault(pointer="/e911/reason", code="reason-missing", detail=detail)
    if not e911.required and e911.reason == "location_later":
        detail = "'location_later' means that 911 is required: set required to true and send the location later"
        yield Fault(pointer="/e911/reason", code="reason-contradicts", detail=detail)
    if e911.location is not None:
        for field, code, detail in location_faults(e911.location):
            if code == "control-character":  # among the faults already, with those of the other texts
                continue
            yield Fault(pointer=f"/e911/location/{field}", code=code, detail=detail)


def _trunks(form: OrderForm) -> Iterator[Fault]:
    for index, item in enumerate(form.items):
        trunk = item.trunk
        if trunk is None or trunk.registration != "static-ip":
            continue
        try:
            ipaddress.ip_address(trunk.static_ip)
        except ValueError:
            detail = f"{trunk.static_ip!r} is no IP address; a static-ip trunk needs one"
            yield Fault(pointer=f"/items/{index}/trunk/static_ip", code="bad-ip", detail=detail)


def _dates(form: OrderForm, now: datetime) -> Iterator[Fault]:
    activation = form.requested_activation
    if activation is not None and activation.tzinfo is None:
        detail = f"{activation.isoformat()} has no offset; expected e.g. 2027-01-18T14:00:00Z"
        yield Fault(pointer="/requested_activation", code="no-offset", detail=detail)
    elif activation is not None and activation < now:
        detail = f"{activation.isoformat()} is in the past"
        yield Fault(pointer="/requested_activation", code="past", detail=detail)
    if form.billing_start is not None and is_time_zone(form.customer.time_zone):
        first = now.astimezone(ZoneInfo(form.customer.time_zone)).date().replace(day=1)
        if form.billing_start < first:
            detail = f"{form.billing_start} is before the present month; the earliest is {first}"
            yield Fault(pointer="/billing_start", code="too-early", detail=detail)
