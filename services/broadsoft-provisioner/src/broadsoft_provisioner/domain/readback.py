"""Comparing what an effect wants with what was read back: only the difference is acted on."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from broadsoft_provisioner.domain import questions
from broadsoft_provisioner.domain.oci import Command, subject
from broadsoft_provisioner.domain.survey import Survey
from contracts.names import folded

NONE: frozenset[str] = frozenset()
Lists = dict[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class Different:
    """The thing exists and is not what we wanted."""

    detail: str


Rest = Command | Different | None


@dataclass(frozen=True, slots=True)
class Readback:
    """For one kind of command: what to ask, and what of the command is missing after the answers."""

    asks: Callable[[Command], tuple[Command, ...]]
    rest: Callable[[Command, Survey], Rest]


def questions_about(do: Command) -> tuple[Command, ...]:
    """Raises KeyError for a command that no effect does."""
    return READBACKS[do.name].asks(do)


def missing(do: Command, seen: Survey) -> Rest:
    """What of `do` is not there yet: all, some items of its lists, or nothing."""
    return READBACKS[do.name].rest(do, seen)


def leftover(do: Command, undo: Command, seen: Survey) -> Command | None:
    """What of `undo` is still to be taken back: what `do` made and is there."""
    rest = missing(do, seen)
    if not isinstance(rest, Command):
        return undo
    if rest == do:
        return None
    for tag, value in rest.elements:
        if (tag, value) in do.elements and tag in LIST_TAGS:
            undo = undo.without(tag, [subject(value)])
    return undo


AUTHORISATION_TAGS = ("servicePackAuthorization", "groupServiceAuthorization", "userServiceAuthorization")
LIST_TAGS = frozenset({"phoneNumber", "domain", "serviceName", "servicePackName", *AUTHORISATION_TAGS})


def _without(do: Command, present: Lists) -> Command | None:
    """`do` less what is present; None when none of its lists has anything left."""
    for tag, names in present.items():
        do = do.without(tag, names)
    return do if any(tag in present for tag, _ in do.elements) else None


def _sp(do: Command) -> str:
    return do.text("serviceProviderId")


def _ids(do: Command) -> tuple[str, str]:
    return do.text("serviceProviderId"), do.text("groupId")


def _spelled(do: Command, tag: str, known: Collection[str]) -> list[str]:
    """Those items of `do` that are known, in our spelling; domains do not care about case."""
    return [text for text in do.texts(tag) if text.lower() in known]


def _domain(do: Command, seen: Survey) -> Rest:
    return _without(do, {"domain": _spelled(do, "domain", seen.domains)})


def _enterprise(do: Command, seen: Survey) -> Rest:
    if seen.enterprise is None:
        return do
    return (
        _same_name(do.text("serviceProviderName"), seen.enterprise.name)
        if seen.enterprise.is_enterprise
        else (Different("The service provider is not an enterprise."))
    )


def _group(do: Command, seen: Survey) -> Rest:
    return _same_name(do.text("groupName"), seen.group.name) if seen.group else do


def _same_name(wanted: str, found: str) -> Different | None:
    return None if folded(wanted) == folded(found) else Different(f"Its name is {found!r}, not {wanted!r}.")


def _pack(do: Command, seen: Survey) -> Rest:
    return None if do.text("servicePackName") in seen.packs else do


def _enterprise_numbers(do: Command, seen: Survey) -> Rest:
    return _without(do, {"phoneNumber": seen.free_numbers | seen.group_numbers.keys()})


def _active_numbers(do: Command, seen: Survey) -> Rest:
    return _without(do, {"phoneNumber": [number for number, found in seen.group_numbers.items() if found.activated]})


def _extension_length(do: Command, seen: Survey) -> Rest:
    wanted = tuple(str(length) for tag, length in do.elements if tag.endswith("ExtensionLength"))
    return None if wanted == seen.extension_lengths else do


def _group_authorisations(do: Command, seen: Survey) -> Rest:
    packs, group_services, user_services = AUTHORISATION_TAGS
    return _without(do, {packs: seen.authorised_packs, group_services: seen.authorised, user_services: seen.authorised})


def _enterprise_services(do: Command, seen: Survey) -> Rest:
    return _without(do, dict.fromkeys(AUTHORISATION_TAGS[1:], seen.enterprise_services))


def _user(do: Command, seen: Survey) -> Rest:
    """Looked for in our group only: a user id is unique in the system, so elsewhere it is somebody else's user."""
    found = seen.users.get(do.text("userId"))
    if found is None:
        return do
    wanted = (do.text("lastName"), do.text("firstName"), do.text("phoneNumber"), do.text("extension"))
    same = wanted == (found.last_name, found.first_name, found.number, found.extension)
    return None if same else Different(f"The user {do.text('userId')} has another name, number or extension.")


def _user_services(do: Command, seen: Survey) -> Rest:
    user = do.text("userId")
    return _without(
        do, {"serviceName": seen.user_services.get(user, NONE), "servicePackName": seen.user_packs.get(user, NONE)}
    )


READBACKS: dict[str, Readback] = {
    "SystemDomainAddRequest": Readback(lambda _: (questions.DOMAINS,), _domain),
    "ServiceProviderAddRequest13mp2": Readback(lambda do: (questions.enterprise(_sp(do)),), _enterprise),
    "ServiceProviderDomainAssignListRequest": Readback(
        lambda do: (questions.enterprise_domains(_sp(do)),),
        lambda do, seen: _without(do, {"domain": _spelled(do, "domain", seen.enterprise_domains)}),
    ),
    "ServiceProviderServiceModifyAuthorizationListRequest": Readback(
        lambda do: (questions.enterprise_services(_sp(do)),), _enterprise_services
    ),
    "ServiceProviderServicePackAddRequest": Readback(lambda do: (questions.packs(_sp(do)),), _pack),
    "ServiceProviderDnAddListRequest": Readback(lambda do: (questions.free_numbers(_sp(do)),), _enterprise_numbers),
    "GroupAddRequest": Readback(lambda do: (questions.group(*_ids(do)),), _group),
    "GroupDomainAssignListRequest": Readback(
        lambda do: (questions.group_domains(*_ids(do)),),
        lambda do, seen: _without(do, {"domain": _spelled(do, "domain", seen.group_domains)}),
    ),
    "GroupDnAssignListRequest": Readback(
        lambda do: (questions.group_numbers(*_ids(do)),),
        lambda do, seen: _without(do, {"phoneNumber": seen.group_numbers}),
    ),
    "GroupDnActivateListRequest": Readback(lambda do: (questions.group_numbers(*_ids(do)),), _active_numbers),
    "GroupExtensionLengthModifyRequest17": Readback(
        lambda do: (questions.extension_lengths(*_ids(do)),), _extension_length
    ),
    "GroupServiceModifyAuthorizationListRequest": Readback(
        lambda do: (questions.group_services(*_ids(do)),), _group_authorisations
    ),
    "GroupServiceAssignListRequest": Readback(
        lambda do: (questions.group_services(*_ids(do)),),
        lambda do, seen: _without(do, {"serviceName": seen.assigned}),
    ),
    "UserAddRequest22V2": Readback(lambda do: (questions.users(*_ids(do)),), _user),
    "UserServiceAssignListRequest": Readback(lambda do: (questions.user_services(do.text("userId")),), _user_services),
}
