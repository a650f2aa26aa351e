"""Service packs: user services sold together, kept by the service provider."""

from broadworks_simulator.commands.authorizations import read_quantity
from broadworks_simulator.commands.registry import Call, Commands
from broadworks_simulator.errors import (
    PACK_EXISTS,
    PACK_IN_USE,
    PACK_NOT_FOUND,
    SERVICE_NOT_AUTHORIZED,
    Refusal,
)
from broadworks_simulator.replies import Data, Item, Part, Table, repeated
from broadworks_simulator.schema.kinds import boolean
from broadworks_simulator.schema.particles import many, one, optional
from broadworks_simulator.schema.structures import AMOUNT, PACK_NAME, PROVIDER, TEXT, USER_SERVICE
from broadworks_simulator.state import Enterprise, Pack, Quantity

COMMANDS = Commands()
_PACK = (*PROVIDER, one("servicePackName", PACK_NAME))


@COMMANDS.changes(
    "ServiceProviderServicePackAddRequest",
    elements=(
        *_PACK,
        optional("servicePackDescription", TEXT),
        one("isAvailableForUse", boolean),
        one("servicePackQuantity", AMOUNT),
        many("serviceName", USER_SERVICE),
    ),
)
def add_pack(call: Call) -> None:
    fields = call.fields
    enterprise = call.system.enterprise(fields.text("serviceProviderId"))
    name = fields.text("servicePackName")
    if name in enterprise.packs:
        raise Refusal(PACK_EXISTS, name)
    services = fields.texts("serviceName")
    for service in services:
        if service not in enterprise.user_authorizations:
            raise Refusal(SERVICE_NOT_AUTHORIZED, service)
    enterprise.packs[name] = Pack(
        name=name,
        description=fields.get("servicePackDescription"),
        available=fields.flag("isAvailableForUse"),
        quantity=read_quantity(fields.parts("servicePackQuantity")[0]),
        services=services,
    )


@COMMANDS.changes("ServiceProviderServicePackDeleteRequest", elements=_PACK)
def delete_pack(call: Call) -> None:
    enterprise, pack = _asked_pack(call)
    if any(pack.name in group.pack_authorizations for group in enterprise.groups.values()):
        raise Refusal(PACK_IN_USE, pack.name)
    del enterprise.packs[pack.name]


@COMMANDS.reads("ServiceProviderServicePackGetListRequest", elements=PROVIDER)
def list_packs(call: Call) -> Data:
    enterprise = call.system.enterprise(call.fields.text("serviceProviderId"))
    return Data("ServiceProviderServicePackGetListResponse", repeated("servicePackName", enterprise.packs))


@COMMANDS.reads("ServiceProviderServicePackGetDetailListRequest", elements=_PACK)
def get_pack(call: Call) -> Data:
    enterprise, pack = _asked_pack(call)
    assigned = sum(pack.name in user.packs for group in enterprise.groups.values() for user in group.users.values())
    rows = [(service, service in enterprise.user_authorizations, assigned, "Unlimited") for service in pack.services]
    items: list[Item] = [
        ("servicePackName", pack.name),
        ("servicePackDescription", pack.description),
        ("isAvailableForUse", pack.available),
        _amount("servicePackQuantity", pack.quantity),
        _amount("assignedQuantity", assigned),
        _amount("allowedQuantity", pack.quantity),
        Table("userServiceTable", ("Service", "Authorized", "Allocated", "Available"), rows),
    ]
    return Data("ServiceProviderServicePackGetDetailListResponse", items)


def _amount(name: str, quantity: Quantity) -> Part:
    return Part(name, [("unlimited", True) if quantity is None else ("quantity", quantity)])


def _asked_pack(call: Call) -> tuple[Enterprise, Pack]:
    enterprise = call.system.enterprise(call.fields.text("serviceProviderId"))
    name = call.fields.text("servicePackName")
    if name not in enterprise.packs:
        raise Refusal(PACK_NOT_FOUND, name)
    return enterprise, enterprise.packs[name]
