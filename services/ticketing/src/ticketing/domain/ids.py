"""Ticket ids as people say and type them: 123 is `T-000123`."""

import re
from typing import Annotated

from pydantic import PlainSerializer

_TEXT = re.compile(r"T-([0-9]{6,18})", re.IGNORECASE)


def to_text(ticket_id: int) -> str:
    """As people say it: `T-000123`."""
    return f"T-{ticket_id:06}"


# A number in the database, a text for people.
TicketId = Annotated[int, PlainSerializer(to_text, return_type=str)]


def from_text(text: str) -> int | None:
    """None for what is no ticket id of ours."""
    match = _TEXT.fullmatch(text)
    return int(match[1]) if match else None
