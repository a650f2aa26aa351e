"""House number and street, in the forms that are real (USPS Publication 28, appendix D; NENA-STA-004)."""

import re

from contracts.faults import shown

EXAMPLE = "expected e.g. '18 Market St'"
_NUMBER = (
    r"(?:[NSEW]\d+\s?[NSEW]\d+"  # of a grid, as in Wisconsin: W140N5678
    r"|(?!\d+(?:st|nd|rd|th)\b)\d+\w*(?:[-\u2013.](?:\d+[A-Z]?|[A-Z])\b)?)"  # 18, 18B, 37-20; 5th is a street's
    r"(?:\s+\d+/\d+)?"  # 123 1/2
)
_STREET = re.compile(rf"(?P<number>{_NUMBER})\s+(?=.*[^\W\d_])\S", re.IGNORECASE)
_IN_WORDS = re.compile(
    r"(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[a-z]+teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty)"
    r"(?:-\w+)?\s+\w",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d+)\s?[-\u2013]\s?(\d+)\s", re.ASCII)
_TAG = re.compile(r"<[^<>]*>")
QUEENS = ("110", "111", "113", "114", "116")  # ZIP codes where 37-40 is one house


def no_street(text: str) -> str:
    """Why responders would not find it; empty when they would."""
    plain = text_of(text)
    found = _STREET.match(plain)
    if found and re.search("[1-9]", found["number"]):
        return ""
    if _IN_WORDS.match(plain):
        return f"{shown(text)} has its house number in words; write it in digits, as in '1 World Trade Center'"
    return f"{shown(text)} has no house number and street; {EXAMPLE}"


def may_be_range(street: str, zip_code: str) -> bool:
    """`18-20 Market St` is one building for some, and two for others."""
    found = _RANGE.match(street)
    return found is not None and int(found[1]) < int(found[2]) and not zip_code.startswith(QUEENS)


def text_of(text: str) -> str:
    """Without markup, which is kept as text and names nothing."""
    return _TAG.sub(" ", text).strip() if "<" in text else text
