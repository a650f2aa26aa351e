"""North American numbers: shape rules, E.164 in and out (numbering plan of NANPA; fiction is 555-0100 to 555-0199)."""

import re

_INPUT = re.compile(r"^(?:\+?1)?[\s.-]*\(?([2-9]\d{2})\)?[\s.-]*([2-9]\d{2})[\s.-]*(\d{4})$", re.ASCII)
_SPECIAL_NXX = {"950", "958", "959", "976"}


class NotANumber(ValueError):
    """This is no telephone number that can be given to a customer."""


def e164(text: str, *, fiction: bool = False) -> str:
    """`(973) 826-0142` -> `+19738260142`. Raises NotANumber; 555 numbers pass only as fiction (555-01XX, in tests)."""
    match = _INPUT.match(text.strip())
    if match is None:
        raise NotANumber(f"{text!r} is not a North American number; expected +1NPANXXXXXX")
    npa, nxx, line = match.groups()
    if npa[1:] == "11" or npa[1] == "9" or npa.startswith(("37", "96")):
        raise NotANumber(f"{text!r}: {npa} is not an assignable area code")
    if nxx[1:] == "11" or nxx in _SPECIAL_NXX:
        raise NotANumber(f"{text!r}: {nxx} is a special exchange")
    if nxx == "555" and not (fiction and line.startswith("01")):
        raise NotANumber(f"{text!r}: 555 is not given to customers")
    return f"+1{npa}{nxx}{line}"


def npa(number: str) -> str:
    return number[2:5]


def nxx(number: str) -> str:
    return number[5:8]
