"""What breaks invariant 3 for what the world is told."""

from datetime import date
from typing import Any

from dialtone.invariants.snapshot import Snapshot

from ..changes import Break, drop
from ..made import a_posting, a_published_line, a_reversal


def post_by_hand_in_silence(at: Snapshot) -> None:
    at.postings.append(a_posting(15, at.subscriptions[0], "17.33", order_id="", subscription_id=None, reason="manual"))


def post_again_in_silence(at: Snapshot) -> None:
    """As it was posted at first, which was published without a number."""
    first = at.postings[0]
    at.postings += [a_reversal(15, first), first._replace(posting=16, reason="change")]
    publish(at, 15)


def publish_two_three_times(at: Snapshot) -> None:
    at.postings.append(at.postings[0]._replace(posting=15))
    publish(at, 1, posting=None)
    publish(at, 1, posting=None)


def publish(at: Snapshot, number: int, **changes: Any) -> None:
    """A posting once more, or something like it."""
    at.published.append(a_published_line(at.postings[number - 1], **changes))


BREAKS = [
    Break("3c", "posting 2 of hosted was published 0 times", lambda at: drop(at.published, posting=2)),
    Break("3c", "posting 1 of hosted was published 0 times", lambda at: drop(at.published, posting=None)),
    Break("3c", "posting 15 of c-hosted was published 0 times", post_by_hand_in_silence),
    Break("3c", "posting 16 of hosted was published 0 times", post_again_in_silence),
    Break("3c", "posting 1 of hosted was published 2 times", publish_two_three_times),
    Break("3c", "posting 2 of hosted was published 2 times", lambda at: publish(at, 2)),
    Break("3c", "posting 1 of hosted was published 2 times", lambda at: publish(at, 1, posting=None)),
    Break(
        "3c",
        "posting 99 of hosted was published and is not posted",
        lambda at: publish(at, 1, posting=99),
    ),
    Break(
        "3c",
        "posting 99 of gone was published and is not posted",
        lambda at: publish(at, 1, posting=99, order_id="gone"),
    ),
    Break(
        "3c",
        "line 2 of hosted was published and is not posted",
        lambda at: publish(at, 2, posting=None),
    ),
    Break(
        "3c",
        "line 9 of hosted was published and is not posted",
        lambda at: publish(at, 1, posting=None, line=9),
    ),
    Break(
        "3c",
        "line 1 of hosted was published and is not posted",
        lambda at: publish(at, 1, posting=None, quantity=3),
    ),
    Break(
        "3c",
        "line 1 of hosted was published and is not posted",
        lambda at: publish(at, 1, posting=None, from_date=date(2026, 1, 6)),
    ),
    Break(
        "3c",
        "posting 10 of hosted was published and is not posted",
        lambda at: drop(at.postings, posting=10),
    ),
]
