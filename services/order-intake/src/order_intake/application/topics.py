"""Which topics the broker has: asked once in a while, when a partner gets a topic of its own."""

from aiokafka.admin import AIOKafkaAdminClient

from chassis.messaging.security import connection_of
from chassis.runtime.kafka_access import KafkaAccess


class Topics:
    """Asks Kafka itself, with a connection of its own for each question."""

    def __init__(self, access: KafkaAccess) -> None:
        self._access = access

    async def exists(self, topic: str) -> bool:
        """Raises aiokafka's KafkaError when the broker does not answer."""
        admin = AIOKafkaAdminClient(**connection_of(self._access), request_timeout_ms=10_000)
        try:
            await admin.start()
            return topic in await admin.list_topics()
        finally:
            await admin.close()
