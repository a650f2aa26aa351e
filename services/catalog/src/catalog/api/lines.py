"""The ledger as the billing department reads it: by page, or all of it as JSON lines or CSV."""

from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel

from catalog.api.filters import PAGE, ADay, After, AMoment, Named, Reader, both
from catalog.api.formats import CSV, JSON_LINES, WRITTEN, asked_for
from catalog.store import postings
from catalog.store.postings import LedgerLine, Wanted
from chassis.http.access import Work
from chassis.http.parameters import IN_DIGITS
from chassis.http.routes import make_router
from contracts.content_types import JSON

router = make_router("billing")
USUAL = 100  # lines of a page
STREAMS: dict[str, Any] = {kind: {"schema": {"type": "string"}} for kind in (JSON_LINES, CSV)}


class Lines(BaseModel):
    """Amounts are USD before taxes and surcharges. `next` is the `after` of the next page, null when there is none.

    `last` is the number of the newest line of the ledger: nothing up to it is left out, and nothing up to it will come.
    """

    lines: list[LedgerLine]
    next: int | None
    last: int


@router.get("/billing/lines", response_model=Lines, responses={200: {"content": STREAMS}})
async def lines(
    request: Request,
    work: Work,
    reader: Reader,
    partner: Named = None,
    customer: Named = None,
    order: Named = None,
    from_: Annotated[ADay | None, Query(alias="from")] = None,
    to: Annotated[ADay | None, Query()] = None,
    posted_since: Annotated[AMoment | None, Query()] = None,
    after: After = 0,
    limit: Annotated[int | None, Query(ge=1, le=PAGE), IN_DIGITS] = None,
) -> Lines | Response:
    """What was posted, by number, above `after`: lines that charge from a day in [`from`, `to`) on, in the customer's
    zone, and that were posted at `posted_since` or later. A partner sees its own.

    **A feed without gaps**: the ledger is numbered without any, in the order in which it is posted, and a line never
    changes; what takes it back is a line with `reverses`. So whoever sees all and filters nothing has read everything
    up to the number that was read last. A filtered list has gaps, and so has a partner's: go on from `next`, and when
    that is null from `last`.

    `Accept: application/x-ndjson` and `Accept: text/csv` answer all lines, not a page of them: those that are there
    when it begins. A `limit` holds for them too; without one a page has 100. In CSV a text that a spreadsheet would
    take for a formula begins with an apostrophe.
    """
    wanted = Wanted(both(reader, partner), customer, order, from_, to, posted_since)
    last = await postings.last(work.pool)
    kind = asked_for(request.headers.get("accept", ""))
    if kind != JSON:
        pages = postings.pages(work.pool, wanted, after, last, limit)
        return StreamingResponse(WRITTEN[kind](pages), media_type=kind, headers={"vary": "accept"})
    size = limit or USUAL
    found = await postings.page(work.pool, wanted, after, last, size + 1)
    more = len(found) > size
    return Lines(lines=found[:size], next=found[size - 1].posting if more else None, last=last)
