"""Service providers, which the interface also calls enterprises."""

from broadworks_simulator.commands.registry import Call, Commands
from broadworks_simulator.errors import ADDRESS_INVALID, PROVIDER_EXISTS, PROVIDER_IN_USE, Refusal
from broadworks_simulator.places import is_known
from broadworks_simulator.replies import Data, Item, Table, part
from broadworks_simulator.schema.fields import Fields
from broadworks_simulator.schema.kinds import boolean, token
from broadworks_simulator.schema.particles import either, one, optional
from broadworks_simulator.schema.structures import (
    ACCOUNT_NAME,
    ADDRESS,
    CONTACT,
    DOMAIN,
    EMAIL,
    PLACEMENT,
    PROVIDER,
    PROVIDER_ID,
    SIZE_LIMIT,
)
from broadworks_simulator.state import Enterprise

COMMANDS = Commands()


def plain_part(fields: Fields, name: str) -> dict[str, str]:
    inner = fields.part(name)
    return inner.plain() if inner else {}


def checked_address(fields: Fields, name: str = "address") -> dict[str, str]:
    address = plain_part(fields, name)
    if not is_known(address):
        raise Refusal(ADDRESS_INVALID)
    return address


@COMMANDS.changes(
    "ServiceProviderAddRequest13mp2",
    elements=(
        either(one("isEnterprise", boolean), one("useCustomRoutingProfile", boolean)),
        one("serviceProviderId", PROVIDER_ID),
        one("defaultDomain", DOMAIN),
        optional("serviceProviderName", ACCOUNT_NAME),
        optional("supportEmail", EMAIL),
        optional("contact", CONTACT),
        optional("address", ADDRESS),
        *PLACEMENT,
        optional("resellerId", token(36)),
    ),
    system_level=True,
)
def add_provider(call: Call) -> None:
    fields = call.fields
    enterprise_id = fields.text("serviceProviderId")
    if enterprise_id in call.system.enterprises:
        raise Refusal(PROVIDER_EXISTS, enterprise_id)
    domain = call.system.domain(fields.text("defaultDomain"))
    address = checked_address(fields)
    call.system.visited.add((enterprise_id, None))
    call.system.enterprises[enterprise_id] = Enterprise(
        enterprise_id=enterprise_id,
        is_enterprise=fields.flag("isEnterprise"),
        default_domain=domain,
        name=fields.get("serviceProviderName"),
        support_email=fields.get("supportEmail"),
        contact=plain_part(fields, "contact"),
        address=address,
        domains=[domain],
    )


@COMMANDS.changes("ServiceProviderDeleteRequest", elements=PROVIDER, system_level=True)
def delete_provider(call: Call) -> None:
    enterprise = call.system.enterprise(call.fields.text("serviceProviderId"))
    if enterprise.groups:
        raise Refusal(PROVIDER_IN_USE, enterprise.enterprise_id)
    for number in enterprise.numbers:
        del call.system.numbers[number]
    del call.system.enterprises[enterprise.enterprise_id]


@COMMANDS.reads("ServiceProviderGetRequest22V4", "ServiceProviderGetRequest17sp1", elements=PROVIDER)
def get_provider(call: Call) -> Data:
    enterprise = call.system.enterprise(call.fields.text("serviceProviderId"))
    items: list[Item] = [
        ("isEnterprise", enterprise.is_enterprise),
        ("defaultDomain", enterprise.default_domain),
        ("serviceProviderName", enterprise.name),
        ("supportEmail", enterprise.support_email),
        *part("contact", enterprise.contact),
        *part("address", enterprise.address),
        ("useServiceProviderLanguages", False),
    ]
    if call.name.endswith("22V4"):
        items.append(("serviceProviderId", enterprise.enterprise_id))
    return Data(call.response_name, items)


@COMMANDS.reads(
    "ServiceProviderGetListRequest",
    elements=(optional("isEnterprise", boolean), SIZE_LIMIT),
)
def list_providers(call: Call) -> Data:
    wanted = call.fields.flag("isEnterprise")
    rows = [
        (enterprise.enterprise_id, enterprise.name or "", enterprise.is_enterprise)
        for enterprise in call.system.enterprises.values()
        if enterprise.is_enterprise == wanted or not call.fields.has("isEnterprise")
    ]
    call.check_size(len(rows))
    headings = ("Service Provider Id", "Service Provider Name", "Is Enterprise")
    return Data("ServiceProviderGetListResponse", [Table("serviceProviderTable", headings, rows)])
