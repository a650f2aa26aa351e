"""What lists of the billing are filtered by: whose lines, from which day or moment on, and where to go on."""

import re
from typing import Annotated, Any, Literal

from fastapi import Depends, Query
from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError, PydanticKnownError

from chassis.http.access import Needs, Principal
from chassis.http.parameters import IN_DIGITS
from contracts.bounds import HIGHEST, IDENTIFIER, Day, Instant

DAY = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"
MOMENT = rf"{DAY[:-1]}T{TIME}:[0-5][0-9](\.[0-9]{{1,6}})?(Z|[+-]{TIME})$"
MONTH = "^[12][0-9]{3}-(0[1-9]|1[0-2])$"
PAGE = 1_000  # of a list at most


def as_written(pattern: str, error: Literal["date_parsing", "datetime_parsing"]) -> BeforeValidator:
    """Pydantic would read seconds since 1970 as well."""

    def written(value: Any) -> Any:
        if isinstance(value, str) and not re.fullmatch(pattern, value):
            raise PydanticKnownError(error, {"error": "it is written otherwise"})
        return value

    return BeforeValidator(written)


def month(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(MONTH, value):
        detail = "'{sent}' does not fit; expected a year and a month such as 2087-01"
        raise PydanticCustomError("not-a-month", detail, {"sent": value[:200]})
    return value


ADay = Annotated[
    Day, as_written(DAY, "date_parsing"), WithJsonSchema({"type": "string", "format": "date", "pattern": DAY})
]
AMoment = Annotated[
    Instant,
    as_written(MOMENT, "datetime_parsing"),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": MOMENT}),
]
Month = Annotated[str, Field(pattern=MONTH, examples=["2087-01"]), BeforeValidator(month)]
Named = Annotated[str | None, Query(min_length=1, max_length=IDENTIFIER)]
After = Annotated[int, Query(ge=0, le=HIGHEST), IN_DIGITS]
Reader = Annotated[Principal, Depends(Needs("billing:read"))]


def both(reader: Principal, asked: str | None) -> list[str]:
    """Whose lines are wanted: a partner's who asks, and those of the partner who is asked for. Nobody's are of two."""
    return [one for one in (reader.partner_id, asked) if one is not None]
