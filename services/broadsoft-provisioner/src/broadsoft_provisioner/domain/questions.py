"""The commands that ask BroadWorks what is there. `domain.survey` holds what they find."""

from broadsoft_provisioner.domain.oci import Command

DOMAINS = Command("SystemDomainGetListRequest22V2")


def enterprise(sp: str) -> Command:
    """An error answer when there is none."""
    return Command("ServiceProviderGetRequest22V4", (("serviceProviderId", sp),))


def enterprise_domains(sp: str) -> Command:
    """With the default domain."""
    return Command("ServiceProviderDomainGetAssignedListRequest22", (("serviceProviderId", sp),))


def enterprise_services(sp: str) -> Command:
    """Two tables, of group services and of user services."""
    return Command("ServiceProviderServiceGetAuthorizationListRequest", (("serviceProviderId", sp),))


def packs(sp: str) -> Command:
    """Names only: what a pack holds is another question."""
    return Command("ServiceProviderServicePackGetListRequest", (("serviceProviderId", sp),))


def free_numbers(sp: str) -> Command:
    """Numbers of the enterprise in no group: much shorter than the list of all its numbers."""
    return Command("ServiceProviderDnGetAvailableListRequest", (("serviceProviderId", sp),))


def _of_group(name: str, sp: str, group_id: str, tag: str = "groupId") -> Command:
    return Command(name, (("serviceProviderId", sp), (tag, group_id)))


def group(sp: str, group_id: str) -> Command:
    """An error answer when there is none."""
    return _of_group("GroupGetRequest22V5", sp, group_id)


def group_domains(sp: str, group_id: str) -> Command:
    """With the default domain."""
    return _of_group("GroupDomainGetAssignedListRequest", sp, group_id)


def group_numbers(sp: str, group_id: str) -> Command:
    """Single numbers and ranges, each with whether it is active and whose extension it has."""
    return _of_group("GroupDnGetAssignmentListRequest18", sp, group_id)


def extension_lengths(sp: str, group_id: str) -> Command:
    """Shortest, longest and default, in digits."""
    return _of_group("GroupExtensionLengthGetRequest22", sp, group_id)


def group_services(sp: str, group_id: str) -> Command:
    """Three tables: packs, group services and user services, with what is authorised and assigned."""
    return _of_group("GroupServiceGetAuthorizationListRequest", sp, group_id)


def users(sp: str, group_id: str) -> Command:
    """The capital G is BroadWorks' own."""
    return _of_group("UserGetListInGroupRequest", sp, group_id, tag="GroupId")


def user_services(user_id: str) -> Command:
    """Two tables, of services and of packs, with whether the user has them."""
    return Command("UserServiceGetAssignmentListRequest", (("userId", user_id),))
