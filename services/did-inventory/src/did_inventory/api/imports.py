"""Large stock: lines that are read as they come, and never whole."""

import asyncio
from typing import Annotated, Any

from fastapi import Depends, Query, Request

from chassis.http.access import Needs, Work
from chassis.http.contention import tried_again
from chassis.http.lines import lines_of
from chassis.http.problems import Problem
from chassis.http.routes import make_router
from contracts.names import OptionalName
from did_inventory.api.dependencies import AllowFiction
from did_inventory.api.numbers import Imported
from did_inventory.application.importing import Origin, bring_in
from did_inventory.domain.stock import StockLines, TooMany

LONGEST_LINE = 200  # bytes
AT_ONCE = 1_000  # lines and numbers; between them others have their turn
router = make_router("numbers")
LINES: dict[str, Any] = {
    "schema": {
        "type": "string",
        "description": "A number on each line, or the first of a run and how many.",
        "examples": ["+12025550160\n(202) 555-0161\n+12025550162,10\n"],
    }
}
BODY = {"requestBody": {"required": True, "content": {"text/csv": LINES, "text/plain": LINES}}}


@router.post(
    "/numbers/import",
    status_code=201,
    dependencies=[Depends(Needs("ops:write", partners=False))],
    openapi_extra=BODY,
)
async def import_lines(
    request: Request,
    work: Work,
    allow_fiction: AllowFiction,
    rate_center: Annotated[OptionalName, Query(max_length=60)] = "",
    region: Annotated[OptionalName, Query(max_length=2)] = "",
) -> Imported:
    """All of them or none; a line at fault is named by its number, the first being 1."""
    stock = await read(request, fiction=allow_fiction)
    arrived = await tried_again(lambda: bring_in(work, stock, Origin(rate_center, region)), lambda: True)
    return Imported.of(arrived)


async def read(request: Request, *, fiction: bool) -> list[str]:
    """The numbers in E.164, in order, each once. Raises Problem 422 with every line at fault."""
    found, pause = StockLines(fiction=fiction), AT_ONCE
    try:
        async for lines in lines_of(request.stream(), LONGEST_LINE):
            for line in lines:
                found.take(line)
                if found.lines + found.named >= pause:
                    pause += AT_ONCE
                    await asyncio.sleep(0)
    except TooMany as error:
        raise Problem(422, "too-many-numbers", "The stock cannot be imported.", str(error)) from None
    faults = [one._asdict() for one in found.faults]
    if not faults and not found.numbers:
        faults = [{"pointer": "/lines/1", "code": "empty", "detail": "There is no number on any line."}]
    if faults:
        raise Problem(422, "invalid", "The stock cannot be imported.", "Nothing was imported.", errors=faults)
    return [f"+{number}" for number in sorted(found.numbers)]
