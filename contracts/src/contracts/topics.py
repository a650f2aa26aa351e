"""The topics: names, partitions, retention, largest records, who writes and who reads.

Every record is keyed by order id, but submissions and rejections by the key the portal chose, and facts by the id of
the thing they are about.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

KEPT = None  # never expires
Zone = Literal["ours", "strangers", "dead-letters"]
MIB = 1_048_576
# What a dead letter has besides the record it keeps: a message of 2,000 characters, a traceback of 8,000, and facts.
DEAD_LETTER_HEADERS = 48 * 1024


@dataclass(frozen=True, slots=True)
class Topic:
    """One Kafka topic. `retention` None keeps records for ever; a `compacted` one keeps the last record of each key.

    `max_message_bytes` is Kafka's `max.message.bytes`: the size of a batch, so of any record, with key and headers. It
    takes the largest legal message; producers must be allowed as much (`max_request_size`). Topics of different zones
    of trust have consumers of their own, so that nothing on one delays another.
    """

    name: str
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    partitions: int = 6
    retention: timedelta | None = timedelta(days=7)
    max_message_bytes: int = MIB
    zone: Zone = "ours"
    compacted: bool = False


def group_of(service: str, zone: Zone) -> str:
    """The consumer group: the service's name for what our own services say, else with the zone behind it."""
    return service if zone == "ours" else f"{service}.{zone}"


CATALOG_COMMANDS = Topic("catalog.commands", ("order-intake",), ("catalog",))
NUMBERS_COMMANDS = Topic("numbers.commands", ("order-intake",), ("did-inventory",))
BROADSOFT_COMMANDS = Topic("broadsoft.commands", ("order-intake",), ("broadsoft-provisioner",))
TICKETS_COMMANDS = Topic("tickets.commands", ("order-intake",), ("ticketing",), max_message_bytes=4 * MIB)
ORDERS_REPLIES = Topic(
    "orders.replies",
    ("catalog", "did-inventory", "broadsoft-provisioner", "ticketing"),
    ("order-intake",),
    max_message_bytes=2 * MIB,
)
# A portal may write every character of its form as an escape: up to twice what we would make of it.
ORDERS_SUBMISSIONS = Topic(
    "orders.submissions", ("portal",), ("order-intake",), max_message_bytes=2 * MIB, zone="strangers"
)
ORDERS_REJECTIONS = Topic("orders.rejections", ("order-intake",), ("portal",))
ORDERS_EVENTS = Topic(
    "orders.events", ("order-intake",), ("world",), retention=timedelta(days=30), max_message_bytes=2 * MIB
)
NUMBERS_EVENTS = Topic("numbers.events", ("did-inventory",), ("order-intake", "world"), retention=timedelta(days=30))
TICKETS_EVENTS = Topic(
    "tickets.events",
    ("ticketing",),
    ("order-intake", "world"),
    retention=timedelta(days=30),
    max_message_bytes=2 * MIB,
)
BILLING_EVENTS = Topic(
    "billing.events", ("catalog",), ("world",), retention=timedelta(days=30), max_message_bytes=2 * MIB
)
# Facts that several services keep a copy of; their owner reads them too, to answer what is not its own word.
PARTNERS_KEYS = Topic(
    "partners.keys",
    ("order-intake",),
    ("order-intake", "catalog", "did-inventory", "broadsoft-provisioner", "ticketing"),
    retention=KEPT,
    compacted=True,
)
CATALOG_PACKAGES = Topic("catalog.packages", ("catalog",), ("catalog", "order-intake"), retention=KEPT, compacted=True)
DEAD_LETTERS = Topic(
    "dead-letters",
    ("order-intake", "catalog", "did-inventory", "broadsoft-provisioner", "ticketing"),
    ("order-intake",),
    retention=KEPT,
    max_message_bytes=4 * MIB + DEAD_LETTER_HEADERS,
    zone="dead-letters",
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
    PARTNERS_KEYS,
    CATALOG_PACKAGES,
    DEAD_LETTERS,
)
LARGEST_RECORD = max(topic.max_message_bytes for topic in ALL)  # what a producer or a consumer of any topic must take
BY_NAME = {topic.name: topic for topic in ALL}
# An inbox row must outlive every record that could bring its message again, and the replay of a dead letter.
REPLAY_HORIZON = timedelta(days=30)
INBOX_RETENTION = max(topic.retention or timedelta(0) for topic in ALL) + REPLAY_HORIZON
