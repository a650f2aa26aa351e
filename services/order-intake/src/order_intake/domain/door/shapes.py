"""From a document to an order form. Where its shape is wrong, the rest is judged all the same."""

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from annotated_types import MaxLen
from pydantic import ValidationError

from contracts import faults
from contracts.bounds import CALL_PATHS, CITY, ITEM_QUANTITY, NAME, NUMBERS, SEATS, STREET, TRUNK_NAME
from contracts.faults import Told, above, pointer
from contracts.orders import Address, OrderForm

WHOLE = "a whole number in digits from 1"
EXPECTED = {
    "external_id": "your own number for this order, at most 100 characters",
    "kind": "'new-enterprise', 'new-group' or 'add-services'",
    "enterprise": f"the name of the enterprise account, at most {NAME} characters",
    "customer": "an object with the customer's account name, domain and time zone",
    "account_name": f"the customer's name, as on its invoice, at most {NAME} characters",
    "domain": "the customer's domain, such as customer.example",
    "email": "an e-mail address such as ap@customer.example",
    "time_zone": "the customer's time zone by its IANA name, such as America/New_York",
    "e911": "an object that says whether 911 is required, and the location",
    "location": "an object with street, city, state and zip",
    "street": f"a house number and a street such as 18 Market St, at most {STREET} characters",
    "city": f"the name of a city, at most {CITY} characters",
    "state": "a USPS code such as NJ",
    "zip": "a ZIP code of five digits, or of five and four, such as 07960 or 07960-1234",
    "package": "the name of a package on the menu",
    "name": f"the name of the trunk group, at most {TRUNK_NAME} characters",
    "static_ip": "the IP address of the PBX such as 203.0.113.24",
    "npa": "an area code: three digits such as 973",
    "nxx": "an exchange: three digits such as 826",
    "number": "a telephone number such as +19738260142",
    "items/quantity": f"{WHOLE} to {ITEM_QUANTITY}; seats are at most {SEATS} in an order, all together",
    "number_searches/quantity": f"{WHOLE} to {NUMBERS}, which is the most of an order",
    "trunk/call_paths": f"{WHOLE} to {CALL_PATHS}",
}
# Something of the right shape for each field, to stand in for what has none while the rest is judged: see Rules.wrong.
_ADDRESS = {"street": "1 A St", "unit": "", "city": "A", "state": "NJ", "zip": "07960"}
_TRUNK = {"name": "a", "call_paths": 1, "pbx": "", "registration": "register", "static_ip": "", "codecs": ["G711"]}
_STAND_IN: dict[str, Any] = {
    "external_id": "a",
    "kind": "new-enterprise",
    "enterprise": "A",
    "customer": {
        "account_name": "A",
        "first_name": "",
        "last_name": "",
        "email": "",
        "domain": "a.example",
        "time_zone": "UTC",
        "address": _ADDRESS,
    },
    "billing_start": None,
    "requested_activation": None,
    "e911": {"required": True, "location": _ADDRESS, "reason": None},
    "items": [{"package": "a", "quantity": 1, "trunk": _TRUNK}],
    "numbers": [{"number": "+19735550100", "trunking": False}],
    "number_searches": [{"npa": "973", "nxx": None, "quantity": 1, "trunking": False, "backorder": True}],
    "notes": "",
}
_LONGEST = {
    name: limit.max_length
    for name, field in OrderForm.model_fields.items()
    for limit in field.metadata
    if isinstance(limit, MaxLen) and isinstance(_STAND_IN.get(name), list)
}


def shaped(document: Any, found: list[Told], dated: Mapping[str, str]) -> OrderForm | None:
    """The form. `found` gets the faults of the shape; what is ill-shaped has a stand-in then.

    `dated` says what its dates may be. None when not even a stand-in makes it a form.
    """
    document, errors = _with_short_lists(document)
    errors += _times_as_digits(document)
    try:
        form = OrderForm.model_validate_json(_json(document), strict=True)
    except ValidationError as error:
        errors += error.errors(include_url=False)
    else:
        if not errors:
            return form
    first = faults.as_sent(_first_of_each_place(errors, found), document)
    found += faults.told(first, OrderForm, {**EXPECTED, **dated})
    try:
        return OrderForm.model_validate_json(_json(_mended(document, errors)), strict=True)
    except ValidationError:
        return None


def _first_of_each_place(errors: Sequence[Any], found: Sequence[Told]) -> list[Any]:
    """Without what is in a place that has a fault already: a fault that nobody hears of needs no words.

    Codecs are chosen together: what is wrong with one of them is wrong with the choice.
    """
    taken, first = {one.pointer for one in found}, []
    for error in errors:
        path = error["loc"][:-1] if "codecs" in error["loc"][:-1] else error["loc"]
        at = pointer(path)
        if taken.isdisjoint(above(at)):
            taken.add(at)
            first.append({**error, "loc": path})
    return first


def shaped_address(document: Any, found: list[Told]) -> Address | None:
    """The address; None, and its faults in `found`, for what is none."""
    try:
        return Address.model_validate_json(_json(document), strict=True)
    except ValidationError as error:
        found += faults.told(error.errors(include_url=False), Address, EXPECTED)
        return None


def _json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False)


def _with_short_lists(document: Any) -> tuple[Any, list[Any]]:
    """What is beyond the end of a list that is too long is not looked at: a stranger may send any number of faults."""
    if not isinstance(document, dict):
        return document, []
    short, errors = dict(document), []
    for name, most in _LONGEST.items():
        if isinstance(sent := document.get(name), list) and len(sent) > most:
            short[name] = sent[:most]
            errors.append({"loc": (name,), "type": "too_long", "input": sent, "ctx": {"max_length": most}})
    return short, errors


def _times_as_digits(document: Any) -> list[Any]:
    """A text of digits alone is a Unix time for pydantic, and a mistake for a person who fills in a form."""
    if not isinstance(document, dict):
        return []
    kinds = {"billing_start": "date_parsing", "requested_activation": "datetime_parsing"}
    return [
        {"loc": (name,), "type": kind, "input": document[name]}
        for name, kind in kinds.items()
        if isinstance(document.get(name), str) and "-" not in document[name][1:]
    ]


def _mended(document: Any, errors: Sequence[Any]) -> Any:
    """The document with something of the right shape in each place of an error."""
    mended = deepcopy(document)
    for error in errors:
        path = error["loc"]
        if not path:
            return mended
        *above, last = path
        place = mended
        for part in above:
            place = place[part]
        if error["type"] == "extra_forbidden":
            place.pop(last, None)
        elif error["type"] == "too_long" and isinstance(place[last], list):
            place[last] = place[last][: error["ctx"]["max_length"]]
        else:
            place[last] = _stand_in(path)
    return mended


def _stand_in(path: Sequence[str | int]) -> Any:
    found: Any = _STAND_IN
    for part in path:
        found = found[0 if isinstance(part, int) else part]
    return found  # shared: nothing is put into one, since one place has one fault
