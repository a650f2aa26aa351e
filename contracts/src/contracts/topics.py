"""The topics: names, partitions, retention, who writes and who reads. Every record is keyed by order id,

but submissions and rejections by the key the portal chose.
"""

from dataclasses import dataclass
from datetime import timedelta

KEPT = None  # never expires


@dataclass(frozen=True, slots=True)
class Topic:
    """One Kafka topic. `retention` None keeps records for ever."""

    name: str
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    partitions: int = 6
    retention: timedelta | None = timedelta(days=7)


CATALOG_COMMANDS = Topic("catalog.commands", ("order-intake",), ("catalog",))
NUMBERS_COMMANDS = Topic("numbers.commands", ("order-intake",), ("did-inventory",))
BROADSOFT_COMMANDS = Topic("broadsoft.commands", ("order-intake",), ("broadsoft-provisioner",))
TICKETS_COMMANDS = Topic("tickets.commands", ("order-intake",), ("ticketing",))
ORDERS_REPLIES = Topic(
    "orders.replies", ("catalog", "did-inventory", "broadsoft-provisioner", "ticketing"), ("order-intake",)
)
ORDERS_SUBMISSIONS = Topic("orders.submissions", ("portal",), ("order-intake",))
ORDERS_REJECTIONS = Topic("orders.rejections", ("order-intake",), ("portal",))
ORDERS_EVENTS = Topic("orders.events", ("order-intake",), ("world",), retention=timedelta(days=30))
NUMBERS_EVENTS = Topic("numbers.events", ("did-inventory",), ("order-intake", "world"), retention=timedelta(days=30))
TICKETS_EVENTS = Topic("tickets.events", ("ticketing",), ("order-intake", "world"), retention=timedelta(days=30))
BILLING_EVENTS = Topic("billing.events", ("catalog",), ("world",), retention=timedelta(days=30))
DEAD_LETTERS = Topic(
    "dead-letters",
    ("order-intake", "catalog", "did-inventory", "broadsoft-provisioner", "ticketing"),
    ("order-intake",),
    retention=KEPT,
)

ALL = (
    CATALOG_COMMANDS,
    NUMBERS_COMMANDS,
    BROADSOFT_COMMANDS,
    TICKETS_COMMANDS,
    ORDERS_REPLIES,
    ORDERS_SUBMISSIONS,
    ORDERS_REJECTIONS,
    ORDERS_EVENTS,
    NUMBERS_EVENTS,
    TICKETS_EVENTS,
    BILLING_EVENTS,
    DEAD_LETTERS,
)
BY_NAME = {topic.name: topic for topic in ALL}
# An inbox row must outlive every record that could bring its message again, and the replay of a dead letter.
REPLAY_HORIZON = timedelta(days=30)
INBOX_RETENTION = max(topic.retention or timedelta(0) for topic in ALL) + REPLAY_HORIZON
