"""BroadWorks ids from names: readable, at most 30 bytes, the same for the same name."""

import hashlib
import re
import unicodedata

from contracts import names

LONGEST = 30


def broadworks_id(name: str, owner: str) -> str:
    """`Harbor Dental Group` -> `harbor-dental-group-1f3a9c`; `owner` keeps equal names of others apart."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "account"
    mark = hashlib.sha256(f"{owner}\n{names.key(name)}".encode()).hexdigest()[:6]
    return f"{slug[: LONGEST - 7].rstrip('-')}-{mark}"
