from collections.abc import Callable
from typing import Any

import pytest

from broadsoft_provisioner.data import services_csv
from broadsoft_provisioner.domain.packages import Packages, parse
from contracts.broadsoft import Enterprise, Group, ProvisionGroup, Seats

Order = Callable[..., ProvisionGroup]


@pytest.fixture(scope="session")
def packages() -> Packages:
    return parse(services_csv())


@pytest.fixture(scope="session")
def order() -> Order:
    """An order for a new group with two seats; its parts can be changed."""

    def build(**changes: Any) -> ProvisionGroup:
        new_enterprise, new_group = changes.pop("new_enterprise", False), changes.pop("new_group", True)
        group = {"group_id": "HQ", "name": "Acme HQ", "domain": "Acme.example", "time_zone": "America/New_York"}
        return ProvisionGroup(
            order_id=changes.pop("order_id", "o-1"),
            run=1,
            enterprise=Enterprise(service_provider_id="ACME", name="Acme", new=new_enterprise),
            group=Group(**{**group, "new": new_group, **changes.pop("group", {})}),
            **{"items": (Seats(package="Enterprise Basic", quantity=2, seats=2),), **changes},
        )

    return build
