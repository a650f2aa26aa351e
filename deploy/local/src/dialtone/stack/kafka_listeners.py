"""Listeners of Apache Kafka that let in only who has a certificate or a password, beside the plain one."""

from dataclasses import dataclass
from pathlib import Path

from dialtone.stack.ports import LOOPBACK

PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")


@dataclass(frozen=True, slots=True)
class Listeners:
    """`server` holds the key (PKCS 8) and the certificate of the broker, `clients` the CA of certificates of clients.

    On `password_port` (SASL_SSL) the user logs in by any of `MECHANISMS`, on `certificate_port` (SSL) clients show
    their certificate.
    """

    host: str
    password_port: int
    certificate_port: int
    server: Path
    clients: Path
    user: str
    password: str

    @property
    def with_password(self) -> str:
        return f"{self.host}:{self.password_port}"

    @property
    def with_certificate(self) -> str:
        return f"{self.host}:{self.certificate_port}"

    def settings(self, plain: str, controller: str) -> str:
        jaas = [
            f"listener.name.sasl_ssl.{name.lower()}.sasl.jaas.config={SCRAM} required;\n"
            for name in MECHANISMS
            if name != "PLAIN"
        ]
        return (
            f"listeners={plain},{controller},SASL_SSL://{LOOPBACK}:{self.password_port},"
            f"SSL://{LOOPBACK}:{self.certificate_port}\n"
            f"advertised.listeners={plain},SASL_SSL://{self.with_password},SSL://{self.with_certificate}\n"
            "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL\n"
            f"ssl.keystore.type=PEM\nssl.keystore.location={self.server}\n"
            f"ssl.truststore.type=PEM\nssl.truststore.location={self.clients}\n"
            "listener.name.ssl.ssl.client.auth=required\n"
            f"sasl.enabled.mechanisms={','.join(MECHANISMS)}\n"
            f'listener.name.sasl_ssl.plain.sasl.jaas.config={PLAIN} required user_{self.user}="{self.password}";\n'
            + "".join(jaas)
        )

    def credentials(self) -> list[str]:
        """For the tool that formats the storage."""
        return [
            f"--add-scram={name}=[name={self.user},password={self.password}]" for name in MECHANISMS if name != "PLAIN"
        ]
