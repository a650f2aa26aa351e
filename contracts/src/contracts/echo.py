"""What was given, shown to who gave it: quoted, cut, and with what cannot be seen spelt as JSON spells it."""

import json

from contracts.cutting import beginning

LONGEST_ECHO = 200  # characters


def cut(text: str) -> str:
    """At most 200 characters; the last of a longer text is an ellipsis."""
    return beginning(text, LONGEST_ECHO)


def quoted(text: str) -> str:
    """Cut, in single quotes, or in double ones where it holds a single one."""
    mark = '"' if "'" in text else "'"
    kept = (one if one.isprintable() and one not in (mark, "\\") else escaped(one) for one in cut(text))
    return f"{mark}{''.join(kept)}{mark}"


def escaped(character: str) -> str:
    """As JSON spells it (RFC 8259 §7)."""
    return json.dumps(character)[1:-1]
