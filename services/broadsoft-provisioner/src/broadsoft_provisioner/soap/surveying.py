"""Reads replies to questions into a survey."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from broadsoft_provisioner.domain.numbers import expand, expand_all
from broadsoft_provisioner.domain.oci import Command
from broadsoft_provisioner.domain.outcomes import classify
from broadsoft_provisioner.domain.survey import EnterpriseSeen, GroupSeen, NumberSeen, Survey, UserSeen
from broadsoft_provisioner.soap.documents import Reply, text_of, texts_of
from broadsoft_provisioner.soap.faults import ReadRefused
from broadsoft_provisioner.soap.tables import rows
from contracts.names import folded

Reader = Callable[[Survey, Command, Any], Survey]


def read(seen: Survey, questions: Sequence[Command], replies: Sequence[Reply]) -> Survey:
    """What is not found stays empty. Any other refusal leaves us blind, which is not the same as empty."""
    for question, reply in zip(questions, replies, strict=True):
        verdict = classify(reply.answer)
        if verdict == "done":
            seen = READERS[question.name](seen, question, reply.element)
        elif verdict != "not-found":
            raise ReadRefused(f"{question.name}: {reply.answer.words}")
    return seen


def _domains(seen: Survey, _: Command, response: Any) -> Survey:
    listed = [name for (name,) in rows(response, "domainTable", "Domain Name")]
    default = text_of(response, "systemDefaultDomain")
    return replace(seen, domains=frozenset(name.lower() for name in (*listed, default)))


def _enterprise(seen: Survey, _: Command, response: Any) -> Survey:
    found = EnterpriseSeen(
        folded(text_of(response, "serviceProviderName")), text_of(response, "isEnterprise") == "true"
    )
    return replace(seen, enterprise=found)


def _assigned_domains(response: Any, default: str) -> frozenset[str]:
    return frozenset(name.lower() for tag in (default, "domain") for name in texts_of(response, tag))


def _enterprise_domains(seen: Survey, _: Command, response: Any) -> Survey:
    return replace(seen, enterprise_domains=_assigned_domains(response, "serviceProviderDefaultDomain"))


def _marked(response: Any, table: str, name: str, mark: str) -> frozenset[str]:
    return frozenset(service for service, value in rows(response, table, name, mark) if value == "true")


def _enterprise_services(seen: Survey, _: Command, response: Any) -> Survey:
    tables = ("groupServicesAuthorizationTable", "userServicesAuthorizationTable")
    authorised = frozenset[str]().union(*(_marked(response, table, "Service Name", "Authorized") for table in tables))
    return replace(seen, enterprise_services=authorised)


def _packs(seen: Survey, _: Command, response: Any) -> Survey:
    return replace(seen, packs=frozenset(texts_of(response, "servicePackName")))


def _free_numbers(seen: Survey, _: Command, response: Any) -> Survey:
    return replace(seen, free_numbers=expand_all(texts_of(response, "availableDn")))


def _group(seen: Survey, _: Command, response: Any) -> Survey:
    return replace(seen, group=GroupSeen(folded(text_of(response, "groupName"))))


def _group_domains(seen: Survey, _: Command, response: Any) -> Survey:
    return replace(seen, group_domains=_assigned_domains(response, "groupDefaultDomain"))


def _group_numbers(seen: Survey, _: Command, response: Any) -> Survey:
    found = {
        number: NumberSeen(activated == "true", extension)
        for cell, activated, extension in rows(response, "dnTable", "Phone Numbers", "Activated", "Extension")
        for number in expand(cell)
    }
    return replace(seen, group_numbers=found)


def _extension_lengths(seen: Survey, _: Command, response: Any) -> Survey:
    shortest, longest, default = (text_of(response, f"{kind}ExtensionLength") for kind in ("min", "max", "default"))
    return replace(seen, extension_lengths=(shortest, longest, default))


def _group_services(seen: Survey, _: Command, response: Any) -> Survey:
    services, user_services = "groupServicesAuthorizationTable", "userServicesAuthorizationTable"
    authorised = [_marked(response, table, "Service Name", "Authorized") for table in (services, user_services)]
    return replace(
        seen,
        authorised=frozenset[str]().union(*authorised),
        authorised_packs=_marked(response, "servicePacksAuthorizationTable", "Service Pack Name", "Authorized"),
        assigned=_marked(response, services, "Service Name", "Assigned"),
    )


def _users(seen: Survey, _: Command, response: Any) -> Survey:
    columns = ("User Id", "Last Name", "First Name", "Phone Number", "Extension")
    found = {
        user_id: UserSeen(folded(last), folded(first), "".join(expand(number)), extension)
        for user_id, last, first, number, extension in rows(response, "userTable", *columns)
    }
    return replace(seen, users=found)


def _user_services(seen: Survey, question: Command, response: Any) -> Survey:
    user = question.text("userId")
    services = _marked(response, "userServicesAssignmentTable", "Service Name", "Assigned")
    packs = _marked(response, "servicePacksAssignmentTable", "Service Pack Name", "Assigned")
    return replace(
        seen, user_services={**seen.user_services, user: services}, user_packs={**seen.user_packs, user: packs}
    )


READERS: dict[str, Reader] = {
    "SystemDomainGetListRequest22V2": _domains,
    "ServiceProviderGetRequest22V4": _enterprise,
    "ServiceProviderDomainGetAssignedListRequest22": _enterprise_domains,
    "ServiceProviderServiceGetAuthorizationListRequest": _enterprise_services,
    "ServiceProviderServicePackGetListRequest": _packs,
    "ServiceProviderDnGetAvailableListRequest": _free_numbers,
    "GroupGetRequest22V5": _group,
    "GroupDomainGetAssignedListRequest": _group_domains,
    "GroupDnGetAssignmentListRequest18": _group_numbers,
    "GroupExtensionLengthGetRequest22": _extension_lengths,
    "GroupServiceGetAuthorizationListRequest": _group_services,
    "UserGetListInGroupRequest": _users,
    "UserServiceGetAssignmentListRequest": _user_services,
}
