"""Where Kafka is, and how a client of ours gets in."""

import re
import ssl
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from chassis.runtime.secrets import FromEnvironment
from chassis.runtime.tls import CaFile, client_context

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
SASL = ("kafka_sasl_mechanism", "kafka_sasl_username", "kafka_sasl_password")
TLS = ("kafka_tls_ca_file", "kafka_tls_certificate_file", "kafka_tls_key_file")
PAIR = TLS[1:]
SERVER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/@\[\]]+):\d{1,5}")


def _servers(text: str) -> str:
    if not all(SERVER.fullmatch(one.strip()) for one in text.split(",")):
        raise PydanticCustomError("servers", "Accepted is host:port, several separated by commas.")
    return text


Servers = Annotated[str, AfterValidator(_servers)]


class KafkaAccess(FromEnvironment):
    """The host names of `kafka_bootstrap`, and those that the brokers tell, must be in the brokers' certificates."""

    kafka_bootstrap: Servers = Field(default="127.0.0.1:9092", description="host:port, several separated by commas")
    kafka_security_protocol: Protocol = Field(default="PLAINTEXT", description="SSL and SASL_SSL verify certificates")
    kafka_sasl_mechanism: Mechanism | None = Field(default=None, description="needed with SASL_PLAINTEXT and SASL_SSL")
    kafka_sasl_username: str | None = Field(default=None, description="needed with SASL_PLAINTEXT and SASL_SSL")
    kafka_sasl_password: SecretStr | None = Field(
        default=None, repr=False, description="or KAFKA_SASL_PASSWORD_FILE names a file with it"
    )
    kafka_tls_ca_file: CaFile | None = Field(
        default=None,
        description="PEM; the CAs that may have signed the brokers' certificates; else those of the machine",
    )
    kafka_tls_certificate_file: Path | None = Field(default=None, description="PEM; ours, where the brokers want one")
    kafka_tls_key_file: Path | None = Field(default=None, description="PEM, without a pass phrase; of our certificate")

    @cached_property
    def kafka_tls(self) -> ssl.SSLContext | None:
        """Made once: all connections of a process share it. Raises ValueError when a file is not what it should be."""
        if not self.kafka_security_protocol.endswith("SSL"):
            return None
        return client_context(self.kafka_tls_ca_file, self.kafka_tls_certificate_file, self.kafka_tls_key_file)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = list(self._faults())
        if not faults:
            try:
                _ = self.kafka_tls
            except ValueError as error:
                faults = [f"{', '.join(PAIR).upper()}: {error}"]
        if faults:
            raise PydanticCustomError("kafka_access", "{faults}", {"faults": "\n".join(faults)})
        return self

    def _faults(self) -> Iterator[str]:
        protocol = self.kafka_security_protocol
        sasl, tls = protocol.startswith("SASL"), protocol.endswith("SSL")
        if sasl:
            yield from self._missing(SASL, f"KAFKA_SECURITY_PROTOCOL {protocol} needs it")
        else:
            yield from self._unused(SASL, "SASL_PLAINTEXT, SASL_SSL")
        if not tls:
            yield from self._unused(TLS, "SSL, SASL_SSL")
        elif any(getattr(self, name) is not None for name in PAIR):
            yield from self._missing(PAIR, "a client certificate and its key need each other")

    def _missing(self, names: Sequence[str], reason: str) -> Iterator[str]:
        for name in names:
            if getattr(self, name) is None:
                accepted = f" Accepted are {', '.join(get_args(Mechanism))}." if name == SASL[0] else ""
                yield f"{name.upper()}: it is not set, and {reason}.{accepted}"

    def _unused(self, names: Sequence[str], accepted: str) -> Iterator[str]:
        protocol = self.kafka_security_protocol
        for name in names:
            if getattr(self, name) is not None:
                yield (
                    f"{name.upper()}: it is set, but KAFKA_SECURITY_PROTOCOL is {protocol}, which makes no use of it."
                    f" Accepted with it are {accepted}."
                )
