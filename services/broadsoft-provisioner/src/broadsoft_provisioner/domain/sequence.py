"""The order of doing and of undoing, and what may share a document."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import TypeVar

from broadsoft_provisioner.domain.oci import DOCUMENT_LIMIT

STAGES: tuple[tuple[str, ...], ...] = (
    ("SystemDomainAddRequest", "ServiceProviderAddRequest13mp2"),
    (
        "ServiceProviderDomainAssignListRequest",
        "ServiceProviderServiceModifyAuthorizationListRequest",
        "ServiceProviderServicePackAddRequest",
        "ServiceProviderDnAddListRequest",
        "GroupAddRequest",
    ),
    (
        "GroupDomainAssignListRequest",
        "GroupDnAssignListRequest",
        "GroupDnActivateListRequest",
        "GroupExtensionLengthModifyRequest17",
        "GroupServiceModifyAuthorizationListRequest",
        "GroupServiceAssignListRequest",
        "UserAddRequest22V2",
    ),
    ("UserServiceAssignListRequest",),
)
"""A document is not atomic: a command runs although one before it failed. So what creates an enterprise, a group or a
user ends its stage, and nothing is done to a thing before it is known to be ours."""

UNDOING: tuple[str, ...] = (
    "UserServiceUnassignListRequest",
    "UserDeleteRequest",
    "GroupDnDeactivateListRequest",
    "GroupDnUnassignListRequest",
    "GroupServiceUnassignListRequest",
    "GroupServiceModifyAuthorizationListRequest",
    "GroupDomainUnassignListRequest",
    "GroupDeleteRequest",
    "ServiceProviderDnDeleteListRequest",
    "ServiceProviderServicePackDeleteRequest",
    "ServiceProviderServiceModifyAuthorizationListRequest",
    "ServiceProviderDomainUnassignListRequest",
    "ServiceProviderDeleteRequest",
    "SystemDomainDeleteRequest",
)

T = TypeVar("T")
STAGE = {name: stage for stage, names in enumerate(STAGES) for name in names}
RANK = {name: rank for rank, name in enumerate(UNDOING)}


def documents(things: Iterable[T], name: Callable[[T], str]) -> Iterator[list[T]]:
    """Splits what is to be done into documents: stage by stage, up to 15 commands each."""
    for _, stage in groupby(things, key=lambda thing: STAGE[name(thing)]):
        yield from chunks(list(stage))


def chunks(things: list[T], size: int = DOCUMENT_LIMIT) -> Iterator[list[T]]:
    """Slices of at most `size`, by default what one OCI document holds (15)."""
    return (things[start : start + size] for start in range(0, len(things), size))
