"""Simple types: each takes the text of an element and returns it collapsed, or says why not."""

from collections.abc import Callable, Iterable

Kind = Callable[[str], str]


class Invalid(Exception):
    """The request does not match the interface definition."""


def collapse(text: str) -> str:
    return " ".join(text.split())


def token(most: int, least: int = 1) -> Kind:
    def check(text: str) -> str:
        value = collapse(text)
        if not least <= len(value) <= most:
            raise Invalid(f"string value '{value}' must have {least} to {most} characters")
        return value

    return check


def octets(most: int) -> Kind:
    """Limited in bytes, as service provider ids are: an accented letter counts twice."""

    def check(text: str) -> str:
        value = collapse(text)
        if not 1 <= len(value.encode()) <= most:
            raise Invalid(f"string value '{value}' must have 1 to {most} bytes")
        return value

    return check


def digits(least: int, most: int) -> Kind:
    def check(text: str) -> str:
        value = collapse(text)
        if not (least <= len(value) <= most and value.isascii() and value.isdigit()):
            raise Invalid(f"value '{value}' must be {least} to {most} digits")
        return value

    return check


def integer(low: int, high: int) -> Kind:
    def check(text: str) -> str:
        value = collapse(text)
        try:
            number = int(value)
        except ValueError:
            raise Invalid(f"value '{value}' is not an integer") from None
        if not low <= number <= high:
            raise Invalid(f"value '{value}' is not between {low} and {high}")
        return value

    return check


def enumeration(values: Iterable[str]) -> Kind:
    known = frozenset(values)

    def check(text: str) -> str:
        value = collapse(text)
        if value not in known:
            raise Invalid(f"string value '{value}' is not a valid enumeration value")
        return value

    return check


def boolean(text: str) -> str:
    value = collapse(text)
    if value not in ("true", "false", "1", "0"):
        raise Invalid(f"value '{value}' is not a boolean")
    return "true" if value in ("true", "1") else "false"
