"""One judge for both doors: what a portal sent becomes a form as it is kept, or faults; all of them in one pass."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from contracts import names, nanp
from contracts.bounds import IDENTIFIER
from contracts.documents import Doubled, Malformed
from contracts.echo import quoted
from contracts.faults import Told, above, shown
from contracts.nanp import NotANumber
from contracts.orders import Address, Fault, OrderForm, SubmitOrder
from order_intake.domain.door import dates, domains, items, numbers, places, sides, zones
from order_intake.domain.door.domains import NotADomain
from order_intake.domain.door.rules import Rules
from order_intake.domain.door.shapes import shaped, shaped_address
from order_intake.domain.door.texts import Cleaning

MOST_NAMED = 10  # fields of the message around a form, in one fault
CHECKS = (
    domains.domain_faults,
    places.address_faults,
    places.e911_faults,
    items.item_faults,
    numbers.number_faults,
    sides.side_faults,
    dates.date_faults,
)


@dataclass(frozen=True, slots=True)
class Judged:
    """`form` is as it is kept. When it is not `sound`, its shape or a text is wrong and something stands in for that;
    then it is as it was sent, for it is never kept.

    `form` is None for what is no form at all.
    """

    form: OrderForm | None
    sound: bool = False
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


def judge(document: Any, rules: Rules) -> Judged:
    """Of a JSON document. Raises Malformed for one that is nested too deeply to be looked at."""
    found: list[Told] = []
    try:
        form = shaped(Cleaning(found).of(document), found, dates.taken(rules.now))
    except RecursionError:
        raise Malformed("lists and objects are nested too deeply") from None
    found += _no_time_zone(document)
    if form is None:
        return Judged(None, faults=_told_once(found))
    sound = not found
    rules = replace(rules, wrong=frozenset(one.pointer for one in found))
    found += _faults(form, rules)
    warnings = [
        *zones.time_zone_warnings(form),
        *places.place_warnings(form),
        *numbers.number_warnings(form),
        *sides.side_warnings(form, rules),
    ]
    return Judged(as_kept(form, rules) if sound else form, sound, _told_once(found), _told_once(warnings))


def judge_message(document: Any, key: str, rules: Rules) -> Judged:
    """Of the submission's message, in which the form is; `key` is that of its record. Raises Malformed.

    Pointers go into the form. What is wrong with the message around it has the pointer "", and names its field.
    """
    if not isinstance(document, dict) or "form" not in document:
        detail = "the record's value has no form; expected an object with order_id and form"
        return Judged(None, faults=(Fault(pointer="", code="missing", detail=detail),))
    around = tuple(Fault(pointer="", code=code, detail=detail) for code, detail in _message_faults(document, key))
    judged = judge(document["form"], rules)
    return replace(judged, sound=False, faults=(*around, *judged.faults)) if around else judged


def _message_faults(message: dict[str, Any], key: str) -> Iterator[tuple[str, str]]:
    """Codes and details of what is wrong around the form."""
    twice = message.names if isinstance(message, Doubled) else frozenset[str]()
    if twice:
        named = ", ".join(map(shown, sorted(twice)[:MOST_NAMED]))
        yield "twice", f"the message around the form has more than once: {named}"
    if unknown := [shown(name) for name in message if name not in SubmitOrder.model_fields]:
        named = ", ".join(unknown[:MOST_NAMED])
        yield "unknown-field", f"beside the form there is no field {named}; expected order_id and form, all else in it"
    expected = f"expected the key of the record, a text of at most {IDENTIFIER} characters"
    order_id = message.get("order_id")
    if "order_id" not in message:
        yield "missing", f"the message has no order_id beside the form; {expected}"
    elif not isinstance(order_id, str):
        yield "not-a-text", f"the message's order_id is {shown(order_id)}; {expected}"
    elif len(order_id) > IDENTIFIER:
        yield "too-long", f"the message's order_id has {len(order_id):,} characters; {expected}"
    elif order_id != key and "order_id" not in twice:
        yield "not-the-key", f"the message's order_id is {shown(order_id)}, and the key of the record is {shown(key)}"


def judge_location(document: Any) -> tuple[Address | None, tuple[Fault, ...]]:
    """Of a 911 location alone: the address as it is kept, or its faults; pointers go into it. Raises Malformed."""
    found: list[Told] = []
    try:
        address = shaped_address(Cleaning(found).of(document), found)
    except RecursionError:
        raise Malformed("lists and objects are nested too deeply") from None
    if address is not None:
        found += places.location_faults(address, "")
    return (None if found else address), _told_once(found)


def as_kept(form: OrderForm, rules: Rules) -> OrderForm:
    """Numbers in E.164, the domain in ASCII, the zone by its present name; what is none of these as it is."""
    customer = form.customer
    zone = zones.canonical(customer.time_zone) or customer.time_zone
    domain = customer.domain
    with suppress(NotADomain):
        domain = domains.ascii_domain(domain, fiction=rules.fiction)
    changes: dict[str, Any] = {}
    if (zone, domain) != (customer.time_zone, customer.domain):
        changes["customer"] = customer.model_copy(update={"time_zone": zone, "domain": domain})
    numbers = [_e164(one.number, rules) for one in form.numbers]
    if numbers != [one.number for one in form.numbers]:
        kept = zip(form.numbers, numbers, strict=True)
        changes["numbers"] = tuple(one.model_copy(update={"number": number}) for one, number in kept)
    return form.model_copy(update=changes) if changes else form


def _e164(number: str, rules: Rules) -> str:
    with suppress(NotANumber):
        return nanp.e164(number, fiction=rules.fiction)
    return number


def _faults(form: OrderForm, rules: Rules) -> Iterable[Told]:
    if form.external_id != form.external_id.strip():
        detail = f"{quoted(form.external_id)} has blanks at its ends; leave them out"
        yield Told("/external_id", "outer-blanks", detail)
    yield from zones.time_zone_faults(form)
    for check in CHECKS:
        yield from check(form, rules)


def _no_time_zone(document: Any) -> Iterable[Told]:
    """Required of portals (R10), though messages of ours may leave it out: no date may silently be New York's."""
    customer = document.get("customer") if isinstance(document, dict) else None
    if isinstance(customer, dict) and "time_zone" not in customer:
        detail = "time_zone is missing; expected the customer's by its IANA name, such as America/New_York"
        yield Told("/customer/time_zone", "missing", detail)


def _told_once(found: Iterable[Told]) -> tuple[Fault, ...]:
    """The first fault of each place; what is inside a place that has one is not told of."""
    kept: dict[str, Told] = {}
    for one in found:
        if kept.keys().isdisjoint(above(one.pointer)):
            kept[one.pointer] = one
    return tuple(Fault(pointer=one.pointer, code=one.code, detail=one.detail) for one in kept.values())


def external_id(document: Any) -> str:
    """As far as one can be found in something that may be no form at all; as it would be kept."""
    found = document.get("external_id") if isinstance(document, dict) else None
    return names.composed(found.encode(errors="ignore").decode()) if isinstance(found, str) else ""
