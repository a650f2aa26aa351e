"""Domains: of the system, of a service provider, of a group."""

from broadworks_simulator.commands.registry import Call, Commands
from broadworks_simulator.errors import (
    DOMAIN_ASSIGNED,
    DOMAIN_EXISTS,
    DOMAIN_IN_USE,
    DOMAIN_NOT_ASSIGNED,
    Refusal,
)
from broadworks_simulator.replies import Data, Table, repeated
from broadworks_simulator.schema.kinds import token
from broadworks_simulator.schema.particles import many, one, optional
from broadworks_simulator.schema.structures import DOMAIN, IDS, PROVIDER, SIZE_LIMIT
from broadworks_simulator.state import Group
from broadworks_simulator.system import DOMAINS

COMMANDS = Commands()
_LIST = many("domain", DOMAIN, least=1)


def holds(domains: list[str], name: str) -> bool:
    return name.lower() in (domain.lower() for domain in domains)


def _without(domains: list[str], names: list[str]) -> list[str]:
    gone = {name.lower() for name in names}
    return [domain for domain in domains if domain.lower() not in gone]


@COMMANDS.changes(
    "SystemDomainAddRequest", elements=(one("domain", DOMAIN), optional("resellerId", token(36))), system_level=True
)
def add_domain(call: Call) -> None:
    name = call.fields.text("domain")
    if name.lower() in call.system.domains:
        raise Refusal(DOMAIN_EXISTS, name)
    call.system.visited.add(DOMAINS)
    call.system.domains[name.lower()] = name


@COMMANDS.changes("SystemDomainDeleteRequest", elements=(one("domain", DOMAIN),), system_level=True)
def delete_domain(call: Call) -> None:
    name = call.system.domain(call.fields.text("domain"))
    in_use = any(holds(enterprise.domains, name) for enterprise in call.system.enterprises.values())
    if in_use or name == call.system.default_domain:
        raise Refusal(DOMAIN_IN_USE, name)
    call.system.visited.add(DOMAINS)
    del call.system.domains[name.lower()]


@COMMANDS.reads("SystemDomainGetListRequest22V2", elements=(SIZE_LIMIT,))
def list_domains(call: Call) -> Data:
    rows = [(name, "") for name in call.system.domains.values()]
    call.check_size(len(rows))
    return Data(
        "SystemDomainGetListResponse22V2",
        [
            ("systemDefaultDomain", call.system.default_domain),
            Table("domainTable", ("Domain Name", "Reseller Id"), rows),
        ],
    )


@COMMANDS.changes("ServiceProviderDomainAssignListRequest", elements=(*PROVIDER, _LIST))
def assign_to_provider(call: Call) -> None:
    enterprise = call.system.enterprise(call.fields.text("serviceProviderId"))
    names = [call.system.domain(name) for name in call.fields.texts("domain")]
    _check_new(enterprise.domains, names)
    enterprise.domains.extend(names)


@COMMANDS.changes("ServiceProviderDomainUnassignListRequest", elements=(*PROVIDER, _LIST))
def unassign_from_provider(call: Call) -> None:
    enterprise = call.system.enterprise(call.fields.text("serviceProviderId"))
    names = call.fields.texts("domain")
    _check_removable(enterprise.domains, enterprise.default_domain, names)
    for name in names:
        if any(holds(group.domains, name) for group in enterprise.groups.values()):
            raise Refusal(DOMAIN_IN_USE, name)
    enterprise.domains = _without(enterprise.domains, names)


@COMMANDS.reads("ServiceProviderDomainGetAssignedListRequest22", elements=(*PROVIDER, SIZE_LIMIT))
def provider_domains(call: Call) -> Data:
    enterprise = call.system.enterprise(call.fields.text("serviceProviderId"))
    call.check_size(len(enterprise.domains))
    return Data(
        "ServiceProviderDomainGetAssignedListResponse22",
        [("serviceProviderDefaultDomain", enterprise.default_domain), *repeated("domain", enterprise.domains)],
    )


@COMMANDS.changes("GroupDomainAssignListRequest", elements=(*IDS, _LIST))
def assign_to_group(call: Call) -> None:
    group = _group(call)
    enterprise = call.system.enterprise(group.enterprise_id)
    names = [call.system.domain(name) for name in call.fields.texts("domain")]
    for name in names:
        if not holds(enterprise.domains, name):
            raise Refusal(DOMAIN_NOT_ASSIGNED, name)
    _check_new(group.domains, names)
    group.domains.extend(names)


@COMMANDS.changes("GroupDomainUnassignListRequest", elements=(*IDS, _LIST))
def unassign_from_group(call: Call) -> None:
    group = _group(call)
    names = call.fields.texts("domain")
    _check_removable(group.domains, group.default_domain, names)
    used = {user_id.rpartition("@")[2].lower() for user_id in (*group.users, *group.instances)}
    for name in names:
        if name.lower() in used:
            raise Refusal(DOMAIN_IN_USE, name)
    group.domains = _without(group.domains, names)


@COMMANDS.reads("GroupDomainGetAssignedListRequest", elements=IDS)
def group_domains(call: Call) -> Data:
    group = _group(call)
    return Data(
        "GroupDomainGetAssignedListResponse",
        [("groupDefaultDomain", group.default_domain), *repeated("domain", group.domains)],
    )


def _group(call: Call) -> Group:
    return call.system.group(call.fields.text("serviceProviderId"), call.fields.text("groupId"))


def _check_new(domains: list[str], names: list[str]) -> None:
    for name in names:
        if holds(domains, name):
            raise Refusal(DOMAIN_ASSIGNED, name)


def _check_removable(domains: list[str], default: str, names: list[str]) -> None:
    for name in names:
        if not holds(domains, name):
            raise Refusal(DOMAIN_NOT_ASSIGNED, name)
        if name.lower() == default.lower():
            raise Refusal(DOMAIN_IN_USE, name)
