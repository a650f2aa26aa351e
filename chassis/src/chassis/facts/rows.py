"""From rows to facts. A row that cannot be read is left out: it is no reason to refuse what the others tell."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import structlog
from prometheus_client import Counter
from pydantic import ValidationError

from contracts.message import Fact

LEFT_OUT = Counter("facts_left_out_total", "Rows of local copies of facts that could not be read.", ["fact"])
F = TypeVar("F", bound=Fact)
log = structlog.get_logger()


def readable(kind: type[F], rows: Iterable[Mapping[str, Any]]) -> list[F]:
    """In the order of the rows. What stands in the others was written by an older contract, or by no service."""
    found = []
    for row in rows:
        try:
            found.append(kind(**row))
        except ValidationError as error:
            LEFT_OUT.labels(kind.__name__).inc()
            wrong = sorted({str(fault["loc"][0]) for fault in error.errors(include_url=False)})
            log.warning("fact left out", fact=kind.__name__, key=next(iter(row.values())), wrong=", ".join(wrong))
    return found
