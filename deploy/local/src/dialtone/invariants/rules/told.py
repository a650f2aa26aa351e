"""Invariant 3 for what the world is told: the ledger, against `billing.events`."""

from collections import Counter
from collections.abc import Iterator

from dialtone.invariants.catalog_rows import LineKey, Posting
from dialtone.invariants.snapshot import Snapshot


def postings_are_published(at: Snapshot) -> Iterator[str]:
    """Once; not those that the broker has forgotten."""
    told = Counter(line.key for line in at.published)
    for key, postings in _by_key(at, told).items():
        each, more = divmod(told[key], len(postings))
        for place, posting in enumerate(postings):
            times = each + (place < more)
            if not at.moved(posting.order_id) and (times > 1 or not (times or at.forgotten(posting))):
                yield f"posting {posting.posting} of {posting.whose} was published {times} times"


def what_is_published_is_posted(at: Snapshot) -> Iterator[str]:
    known = _by_key(at, Counter(line.key for line in at.published))
    for line in dict.fromkeys(at.published):
        if line.key not in known and not at.moved(line.order_id):
            what = "line" if line.posting is None else "posting"
            number = line.line if line.posting is None else line.posting
            yield f"{what} {number} of {line.order_id} was published and is not posted"


def _by_key(at: Snapshot, told: Counter[LineKey]) -> dict[LineKey, list[Posting]]:
    """By their number, or by what older releases told of them if no line has their number."""
    found: dict[LineKey, list[Posting]] = {}
    for posting in at.postings:
        key = posting.posting if posting.posting in told else posting.unnumbered
        found.setdefault(key, []).append(posting)
    return found
