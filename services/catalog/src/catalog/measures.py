"""The metrics of catalog."""

from collections.abc import Mapping, Sequence

from prometheus_client import Counter

from contracts.catalog import ChargeLine

POSTED = Counter("charges_posted_total", "Charge lines posted, by kind.", ["kind"])


def count_posted(posted: Mapping[str, Sequence[ChargeLine]]) -> None:
    """The lines by order. To be called after the commit."""
    for lines in posted.values():
        for line in lines:
            POSTED.labels(line.kind).inc()
