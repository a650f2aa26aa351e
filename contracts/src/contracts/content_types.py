"""What a sender says that its document is, judged alike at every door. JSON is UTF-8 (RFC 8259 §8.1)."""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from contracts.echo import cut, quoted

JSON = "application/json"
# RFC 9110 §5.6.6; a name may have a star behind it (RFC 8187 §3.2.1). What is none matches nothing.
_PARAMETER = re.compile(r';\s*([^\s;="]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^;]*))?')


class Wrong(NamedTuple):
    """Why it is not read: a stable code, and what was said and what is taken."""

    code: str
    detail: str


def fault(said: str, kinds: Collection[str]) -> Wrong | None:
    """Of a content type; None for one of these kinds in UTF-8. JSON stands for all that is written in it."""
    kind = said.partition(";")[0].strip().lower()
    if kind not in kinds and not (JSON in kinds and _is_json(kind)):
        told = f"it says {quoted(said)}" if said else "it does not say what it is"
        code = "not-json" if JSON in kinds else "wrong-kind"
        return Wrong(code, f"{told}; expected {' or '.join(kinds)}")
    for charset in _charsets(said):
        if charset.lower() not in ("", "utf-8", "utf8"):
            return Wrong("wrong-charset", f"it says charset={cut(charset)}; expected UTF-8")
    return None


def packed(said: str) -> Wrong | None:
    """Of a content encoding: why its document is not read."""
    if said.lower() in ("", "identity"):
        return None
    detail = f"it says content-encoding {quoted(said)}; expected it as it is, without one"
    return Wrong("packed", detail)


def _is_json(kind: str) -> bool:
    """`application/json`, or something written in it (RFC 6839 §3.1)."""
    return kind == JSON or (kind.startswith("application/") and kind.endswith("+json"))


def _charsets(said: str) -> Iterator[str]:
    """All that are named: of two, one reader would take the first and another the last."""
    for name, value in _PARAMETER.findall(said):
        plain, starred, _ = name.lower().partition("*")
        if plain == "charset":
            text = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') and len(value) > 1 else value.strip()
            yield text.rpartition("'")[2] if starred else text
