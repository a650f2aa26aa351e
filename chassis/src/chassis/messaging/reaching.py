"""A broker that cannot be reached: waited for as long as it takes, and why is told in one sentence.

aiokafka keeps the reason for its own log, which is silent (some twenty lines a second); so who failed knocks once
more by itself and hears it.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiokafka.conn import create_conn
from aiokafka.errors import KafkaError, SaslAuthenticationFailed, UnsupportedSaslMechanismError

from chassis.errors import in_words
from chassis.messaging.security import connection_of
from chassis.runtime.kafka_access import KafkaAccess
from chassis.runtime.patience import Patience

PATIENCE = Patience(first=0.5, longest=5.0)
AGAIN_EVERY = 60.0  # seconds after which the same reason is told again
log = structlog.get_logger()


async def start_patiently(
    start: Callable[[], Awaitable[None]], what: str, access: KafkaAccess, *, patience: Patience = PATIENCE
) -> None:
    """Tries until it succeeds. A reason is told when it is new, and then once a minute."""
    clock, pauses = asyncio.get_running_loop().time, patience.begin()
    told, told_at = "", 0.0
    while True:
        try:
            return await start()
        except (KafkaError, OSError) as error:
            reason = await why_not(access) or repr(error)
        if reason != told or clock() - told_at > AGAIN_EVERY:
            told, told_at = reason, clock()
            log.warning("waiting for the broker", what=what, reason=reason)
        await pauses.another()


async def why_not(access: KafkaAccess, patience: float = 5.0) -> str | None:
    """The first reason why a broker does not let us in; None when all do."""
    options = connection_of(access)
    for server in options.pop("bootstrap_servers"):
        reason = await _knock(server, access, options, patience)
        if reason:
            return reason
    return None


async def _knock(server: str, access: KafkaAccess, options: dict[str, Any], patience: float) -> str | None:
    host, _, port = server.rpartition(":")
    try:
        async with asyncio.timeout(patience):
            connection = await create_conn(host.strip("[]"), int(port), **options)
    except (KafkaError, OSError, ValueError) as error:
        return _sentence(error, server, access)
    connection.close()
    return None


def _sentence(error: Exception, server: str, access: KafkaAccess) -> str:
    """What the error says of the broker at `server`, and which setting to look at."""
    listener = f"see whether that listener is for KAFKA_SECURITY_PROTOCOL {access.kafka_security_protocol}"
    if access.kafka_tls is not None and access.kafka_tls_certificate_file is None:
        listener += ", and whether it wants a KAFKA_TLS_CERTIFICATE_FILE"
    match error:
        case ssl.SSLCertVerificationError():
            return (
                f"The certificate of Kafka at {server} is not trusted ({error.verify_message}): KAFKA_TLS_CA_FILE must"
                " hold the CA that signed it, and KAFKA_BOOTSTRAP a host name that is in it."
            )
        case ssl.SSLError():
            return f"Kafka at {server} does not agree on TLS ({error.reason or error}): {listener}."
        case SaslAuthenticationFailed():
            return (
                f"Kafka at {server} refuses the login of {access.kafka_sasl_username!r} by"
                f" {access.kafka_sasl_mechanism}: correct KAFKA_SASL_USERNAME or KAFKA_SASL_PASSWORD, then restart."
            )
        case UnsupportedSaslMechanismError():
            return f"Kafka at {server} takes no logins by {access.kafka_sasl_mechanism}: correct KAFKA_SASL_MECHANISM."
        case TimeoutError():
            return f"Kafka at {server} does not answer."
        case ValueError():
            return (
                f"{server!r} is no address of a broker: KAFKA_BOOTSTRAP names them as host:port, with commas between."
            )
        case KafkaError() | ConnectionResetError():
            return f"Kafka at {server} ends the connection: {listener}."
        case _:
            return f"Kafka at {server} cannot be reached: {in_words(error)}."
