"""Who has heard what: our own replies, and the commands of each participant."""

from datetime import UTC, datetime

from chassis.messaging.hearing import COMMANDS, REPLIES, Hearing, Place
from chassis.runtime.settings import ServiceSettings
from chassis.saga.heard import Heard
from contracts import topics

NEVER = datetime.min.replace(tzinfo=UTC)
COMMAND_TOPICS = (
    topics.CATALOG_COMMANDS,
    topics.NUMBERS_COMMANDS,
    topics.BROADSOFT_COMMANDS,
    topics.TICKETS_COMMANDS,
)


def hearing_of(service: str, settings: ServiceSettings) -> Hearing:
    """Looks at replies and commands, as a job."""
    ours = Place(topics.group_of(service, "ours"), topics.ORDERS_REPLIES.name, REPLIES)
    theirs = [
        Place(topics.group_of(reader, topic.zone), topic.name, COMMANDS)
        for topic in COMMAND_TOPICS
        for reader in topic.readers
    ]
    return Hearing(service, [ours, *theirs], settings)


def heard_by(hearing: Hearing) -> Heard | None:
    """None when it is not known yet; a participant of which nothing is known has not heard anything."""
    replies = hearing.until(topics.ORDERS_REPLIES.name)
    if replies is None:
        return None
    return Heard(replies, {topic.name: hearing.until(topic.name) or NEVER for topic in COMMAND_TOPICS})
