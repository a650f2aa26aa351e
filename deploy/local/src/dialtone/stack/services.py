"""The services by name, and how each is started."""

import sys
from dataclasses import dataclass
from importlib.util import find_spec

from dialtone.stack.errors import StackError


@dataclass(frozen=True, slots=True)
class Service:
    """`order-intake` is the module and the database `order_intake`, and the package `dialtone-order-intake`."""

    name: str

    @property
    def module(self) -> str:
        return self.name.replace("-", "_")

    @property
    def database(self) -> str:
        return self.module

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", self.module, *words]


ORDER_INTAKE = Service("order-intake")
CATALOG = Service("catalog")
DID_INVENTORY = Service("did-inventory")
BROADSOFT_PROVISIONER = Service("broadsoft-provisioner")
TICKETING = Service("ticketing")
SIMULATOR = Service("broadworks-simulator")

SERVICES = (ORDER_INTAKE, CATALOG, DID_INVENTORY, BROADSOFT_PROVISIONER, TICKETING)
BY_NAME = {service.name: service for service in SERVICES}


def require_installed() -> None:
    missing = [f"dialtone-{service.name}" for service in (*SERVICES, SIMULATOR) if find_spec(service.module) is None]
    if missing:
        raise StackError(f"Not installed here: {', '.join(missing)}; install the whole workspace (`uv sync`).")
