"""Names that BroadWorks accepts: ids, user ids, extensions."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from contracts.names import folded

EMERGENCY = ("911", "112")
SLUG = 30


def clip(text: str, limit: int) -> str:
    """At most `limit` characters, folded, without a blank at the cut."""
    return folded(text)[:limit].rstrip()


def slug(text: str) -> str:
    """Lower-case ASCII for the left side of a user id."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.lower())[:SLUG].strip("-") or "x"


def user_id(provider: str, group: str, extension: str, domain: str) -> str:
    """Unique in the whole system: a group id is unique only inside its enterprise, and domains may be shared.

    At most 150 characters, as two slugs and a domain of 80.
    """
    return f"{slug(provider)}.{slug(group)}.{extension}@{domain.lower()}"


def extensions(taken: Iterable[str], length: int) -> Iterator[str]:
    """Free extensions of one length, from 1001 (101, 10001) or after the highest taken. Ends when none is left."""
    first = 10 ** (length - 1) + 1
    used = [int(extension) for extension in taken if extension.isdecimal() and len(extension) == length]
    for extension in range(max([first - 1, *used]) + 1, 10**length):
        if not str(extension).startswith(EMERGENCY):
            yield str(extension)


def extension_length(users: int, shortest: int = 4) -> int:
    """Digits enough for so many users, and as many again. 4 digits hold about 9,000."""
    length = shortest
    while 8 * 10 ** (length - 1) < users:
        length += 1
    return length
