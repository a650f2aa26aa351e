"""The metrics of catalog."""

from collections.abc import Iterable

from prometheus_client import Counter

from contracts.catalog import ChargeLine

POSTED = Counter("charges_posted_total", "Charge lines posted, by kind.", ["kind"])


def count_posted(lines: Iterable[ChargeLine]) -> None:
    """To be called after the commit."""
    for line in lines:
        POSTED.labels(line.kind).inc()
