"""Telephone numbers of the US and Canada: read as people write them, judged, and taken apart.

The rules are those of the North American Numbering Plan. An area code is judged by the plan's own table
(`data/npa.csv`), and by its shape where the table lacks it; codes that were opened after the table was made stand in it
as assignable but not in service, so they pass with a warning.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from contracts.cutting import beginning

_INPUT = re.compile(r"^(?:\+?1)?[\s.-]*\(?([2-9]\d{2})\)?[\s.-]*([2-9]\d{2})[\s.-]*(\d{4})$", re.ASCII)
_THREE = re.compile(r"[2-9][0-9]{2}", re.ASCII)
_SPECIAL_EXCHANGES = {
    "950": "carrier access",
    "958": "tests of the network",
    "959": "tests of the network",
    "976": "calls that cost extra",
}
_SHOWN = 40
TABLE_OF = "2020-03-04"  # the file date of the NPA report
EXPECTED_NPA = "expected an area code of a place in the US or Canada, e.g. 973"
EXPECTED_NXX = "expected an exchange that has customers, e.g. 826"
# What a code that is no customer's is for: the code of the refusal, and the words after "973".
_USES = {
    "service-code": ("area-code-not-assignable", "is not an assignable area code but a service code"),
    "expansion": ("area-code-not-assignable", "is not an assignable area code: it is kept for a longer plan"),
    "reserved": ("area-code-not-assignable", "is not an assignable area code: it is reserved"),
    "directory": ("area-code-not-assignable", "is not an assignable area code but directory assistance"),
    "carrier-access": ("area-code-not-assignable", "is not an assignable area code but carrier access"),
    "inbound-international": ("area-code-not-assignable", "is not an assignable area code: it was an inbound service"),
    "ill-shaped": ("area-code-not-assignable", "is not an assignable area code"),
    "toll-free": ("toll-free", "is toll-free and belongs to no place"),
    "premium": ("premium-rate", "is for calls that cost extra"),
    "personal": ("personal-numbers", "is for personal numbers and machines and belongs to no place"),
    "canadian-services": ("canadian-services", "is for services all over Canada and belongs to no place"),
    "carriers": ("carrier-services", "is for services of the long-distance carriers"),
    "government": ("us-government", "is the US government's own"),
    "non-geographic": ("non-geographic", "is kept for services that belong to no place"),
}


class NotANumber(ValueError):
    """This is nothing that can be given to a customer.

    `code` is stable; `detail`, which is also the text of the exception, quotes what was given and says what would be
    accepted.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class AreaCode:
    """A line of the table. `use` is `geographic` for the area code of a place, else what the code is for.

    `country` is its ISO 3166 code, empty where the plan has not given the code to one. `region` is the USPS code of a
    state or province, several with blanks between them, or the name of another country.
    """

    npa: str
    assignable: bool
    in_service: bool
    use: str
    country: str = ""
    region: str = ""

    @property
    def warning(self) -> str:
        """A sentence for people about a code that is accepted and looks odd; mostly empty."""
        if self.in_service:
            return ""
        return f"{self.npa} was not in service as an area code on {TABLE_OF}; check that it is the one that is meant"


def e164(text: str, *, fiction: bool = False) -> str:
    """`(973) 826-0142` -> `+19738260142`. Raises NotANumber.

    With `fiction`, for tests, the numbers 555-0100 to 555-0199 of any area code are taken as well.
    """
    given = text.strip()
    match = _INPUT.match(given)
    if match is None:
        raise NotANumber("not-a-number", f"{_shown(text)} is not a North American number; expected +1NPANXXXXXX")
    area, office, line = match.groups()
    try:
        area_code(area)
        exchange(office, fiction=fiction and line.startswith("01"))
    except NotANumber as reason:
        raise NotANumber(reason.code, f"{_shown(text)}: {reason.detail}") from None
    return f"+1{area}{office}{line}"


def area_code(text: str) -> AreaCode:
    """The area code that these three digits are: of a place in the US or Canada. Raises NotANumber.

    One that is not in service is accepted, with a `warning`.
    """
    if not _THREE.fullmatch(text):
        detail = f"{_shown(text)} is no area code; {EXPECTED_NPA}: three digits, the first 2 to 9"
        raise NotANumber("not-an-area-code", detail)
    found = _table().get(text) or by_shape(text)
    if found.use in _USES:
        code, what = _USES[found.use]
        raise NotANumber(code, f"{text} {what}; {EXPECTED_NPA}")
    if found.country not in {"US", "CA", ""}:
        raise NotANumber("other-country", f"{text} is an area code of another country ({found.region}); {EXPECTED_NPA}")
    return found


def exchange(text: str, *, fiction: bool = False) -> str:
    """The exchange (NXX, the three digits after the area code) as it is given. Raises NotANumber.

    With `fiction`, for tests, 555 is taken as well.
    """
    if not _THREE.fullmatch(text):
        detail = f"{_shown(text)} is no exchange; {EXPECTED_NXX}: three digits, the first 2 to 9"
        raise NotANumber("not-an-exchange", detail)
    if text == "555" and not fiction:
        raise NotANumber("exchange-555", f"555 is not given to customers; {EXPECTED_NXX}")
    special = "services such as 911" if text.endswith("11") else _SPECIAL_EXCHANGES.get(text)
    if special:
        raise NotANumber("special-exchange", f"{text} is a special exchange, for {special}; {EXPECTED_NXX}")
    return text


def by_shape(npa: str) -> AreaCode:
    """What the three digits say by themselves, the first being 2 to 9: whether the plan may assign them as a code.

    N11 are service codes, N9X are kept for longer numbers, 37X and 96X are reserved. The table refuses twelve more
    codes, and the shape none that the table allows.
    """
    ill_shaped = npa.endswith("11") or npa[1] == "9" or npa.startswith(("37", "96"))
    return AreaCode(npa, not ill_shaped, in_service=False, use="ill-shaped" if ill_shaped else "geographic")


def npa(number: str) -> str:
    """The area code of a number in E.164, as `e164` answers it; nothing is checked."""
    return number[2:5]


def nxx(number: str) -> str:
    """The exchange of a number in E.164, as `e164` answers it; nothing is checked."""
    return number[5:8]


@cache
def _table() -> dict[str, AreaCode]:
    lines = (resources.files("contracts") / "data" / "npa.csv").read_text("utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {
        row["npa"]: AreaCode(
            row["npa"],
            row["assignable"] == "yes",
            row["in_service"] == "yes",
            row["use"],
            row["country"],
            row["region"],
        )
        for row in rows
    }


def _shown(text: str) -> str:
    return repr(beginning(text, _SHOWN))
