"""What the services and the simulator are told: their environment variables."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import environ
from pathlib import Path

from dialtone.stack import business_time
from dialtone.stack.brokers import Broker, Kind
from dialtone.stack.ports import LOOPBACK
from dialtone.stack.services import BROADSOFT_PROVISIONER, CATALOG, DID_INVENTORY, ORDER_INTAKE, Service
from dialtone.stack.stackfile import Operator

FOR_ALL_SERVICES = "*"
FETCH_MAX_WAIT_MS = {"embedded": 10, "kafka": 500}  # the embedded broker does not wake a waiting fetch
SESSION_TIMEOUT_MS = {"embedded": 3_000, "kafka": 6_000}


@dataclass(frozen=True, slots=True)
class Options:
    """How a stack is to be. `environment` adds variables to the part of that name, or to all services (`*`)."""

    folder: Path = Path(".dialtone")
    broker: Kind = "embedded"
    fixed_ports: bool = False
    postgres_url: str | None = field(default_factory=lambda: environ.get("DIALTONE_POSTGRES_URL"))
    saga_patience: float = 1.0
    simulator_latency: float = 0.0  # seconds, of every answer
    environment: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def variables_for(self, name: str) -> Mapping[str, str]:
        return self.environment.get(name, {})


@dataclass(frozen=True, slots=True)
class BroadWorks:
    """Where the provisioner finds BroadWorks, and as whom it logs in."""

    url: str
    user: str = "dialtone"
    password: str = "dialtone"  # noqa: S105  of our own simulator, on the loopback interface


def of_service(
    service: Service,
    options: Options,
    *,
    port: int,
    dsn: str,
    broker: Broker,
    broadworks: BroadWorks,
    operator: Operator,
) -> dict[str, str]:
    common = {
        "SERVICE_HOST": LOOPBACK,
        "SERVICE_PORT": str(port),
        "DATABASE_URL": dsn,
        "KAFKA_BOOTSTRAP": broker.bootstrap,
        "KAFKA_FETCH_MAX_WAIT_MS": str(FETCH_MAX_WAIT_MS[broker.kind]),
        "KAFKA_SESSION_TIMEOUT_MS": str(SESSION_TIMEOUT_MS[broker.kind]),
        "BUSINESS_TIME_FILE": str(business_time.file_in(options.folder)),
        "OPERATOR_KEYS": json.dumps({operator.name: hashlib.sha256(operator.key.encode()).hexdigest()}),
    }
    particular = {
        ORDER_INTAKE: {
            "SAGA_PATIENCE": str(options.saga_patience),
            "ALLOW_FICTION": "true",
            "BARE_REJECTIONS": "false",  # one partner, who is to read why
        },
        CATALOG: {"SAMPLE_PRICES": "true"},
        DID_INVENTORY: {"ALLOW_FICTION": "true"},
        BROADSOFT_PROVISIONER: {
            "BROADWORKS_URL": broadworks.url,
            "BROADWORKS_ALLOW_HTTP": "true",  # the simulator, on the loopback interface
            "BROADWORKS_USER": broadworks.user,
            "BROADWORKS_PASSWORD": broadworks.password,
        },
    }.get(service, {})
    return {**common, **particular, **options.variables_for(FOR_ALL_SERVICES), **options.variables_for(service.name)}


def of_simulator(options: Options, broadworks: BroadWorks) -> dict[str, str]:
    return {
        "BROADWORKS_SIMULATOR_USER": broadworks.user,
        "BROADWORKS_SIMULATOR_PASSWORD": broadworks.password,
        "BROADWORKS_SIMULATOR_LATENCY_SECONDS": str(options.simulator_latency),
        **options.variables_for("simulator"),
    }
