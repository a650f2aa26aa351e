"""Groups, their numbers, extension lengths and services."""

from .client import Client
from .oci import command

ACME = {"serviceProviderId": "ACME"}
NEWARK = {**ACME, "groupId": "NEWARK"}


def test_a_missing_group_is_named_with_its_provider(client: Client) -> None:
    reply = client.do("GroupGetRequest22V5", serviceProviderId="TEST", groupId="TEST")
    assert reply.summary == "[Error 4152] Group not found: TEST:TEST"


def test_a_group_id_is_unique_within_its_provider_only(customer: Client) -> None:
    add = {"defaultDomain": "acme.example", "userLimit": 1}
    assert "already exists" in customer.do("GroupAddRequest", **NEWARK, **add).summary
    customer.do(
        "ServiceProviderAddRequest13mp2", isEnterprise=True, serviceProviderId="B", defaultDomain="acme.example"
    )
    assert customer.do("GroupAddRequest", serviceProviderId="B", groupId="NEWARK", **add).succeeded


def test_a_group_reads_back_and_is_listed(customer: Client) -> None:
    read = customer.do("GroupGetRequest22V5", **NEWARK)
    assert (read.text("groupName"), read.text("userLimit"), read.text("userCount")) == ("Newark", "3", "0")
    assert read.text("timeZone") == "America/New_York"
    listed = customer.do("GroupGetListInServiceProviderRequest", **ACME).table("groupTable")
    assert listed == [{"Group Id": "NEWARK", "Group Name": "Newark", "User Limit": "3"}]


def test_modifying_leaves_out_what_was_not_sent_and_clears_what_is_nil(customer: Client) -> None:
    assert customer.do("GroupModifyRequest", **NEWARK, callingLineIdPhoneNumber="9735550140").succeeded
    read = customer.do("GroupGetRequest22V5", **NEWARK)
    assert read.text("callingLineIdPhoneNumber") == "+1-973-555-0140"
    assert read.text("groupName") == "Newark"
    assert customer.do("GroupModifyRequest", **NEWARK, groupName=None, callingLineIdPhoneNumber=None).succeeded
    read = customer.do("GroupGetRequest22V5", **NEWARK)
    assert (read.text("callingLineIdPhoneNumber"), read.text("groupName")) == (None, None)


def test_the_calling_number_must_be_in_the_group(customer: Client) -> None:
    reply = customer.do("GroupModifyRequest", **NEWARK, callingLineIdPhoneNumber="9735550149")
    assert "not assigned to the group" in reply.summary


def test_a_deleted_group_gives_its_numbers_back(customer: Client) -> None:
    assert customer.do("GroupDeleteRequest", **NEWARK).succeeded
    assert "not found" in customer.do("GroupDeleteRequest", **NEWARK).summary
    assert len(customer.do("ServiceProviderDnGetAvailableListRequest", **ACME).texts("availableDn")) == 10


def test_a_domain_reaches_a_group_through_its_provider(customer: Client) -> None:
    customer.do("SystemDomainAddRequest", domain="two.example")
    assign = {**NEWARK, "domain": "two.example"}
    assert "not assigned" in customer.do("GroupDomainAssignListRequest", **assign).summary
    customer.do("ServiceProviderDomainAssignListRequest", **ACME, domain="two.example")
    assert customer.do("GroupDomainAssignListRequest", **assign).succeeded
    assert "already assigned" in customer.do("GroupDomainAssignListRequest", **assign).summary
    unassign = customer.do("ServiceProviderDomainUnassignListRequest", **ACME, domain="two.example")
    assert "in use" in unassign.summary
    assert customer.do("GroupDomainGetAssignedListRequest", **NEWARK).texts("domain")[1:] == ["two.example"]
    assert customer.do("GroupDomainUnassignListRequest", **assign).succeeded


def test_a_number_must_be_in_the_provider_before_the_group(customer: Client) -> None:
    assign = "GroupDnAssignListRequest"
    assert "not found in the service provider" in customer.do(assign, **NEWARK, phoneNumber="+12015550100").summary
    assert "already assigned" in customer.do(assign, **NEWARK, phoneNumber="+19735550140").summary


def test_neighbouring_numbers_are_coalesced_while_their_properties_agree(customer: Client) -> None:
    customer.do("GroupDnActivateListRequest", **NEWARK, phoneNumber="+19735550141")
    rows = customer.do("GroupDnGetAssignmentListRequest18", **NEWARK).table("dnTable")
    assert [(row["Phone Numbers"], row["Activated"]) for row in rows] == [
        ("+1-973-555-0140", "false"),
        ("+1-973-555-0141", "true"),
        ("+1-973-555-0142 - +1-973-555-0143", "false"),
    ]


def test_numbers_can_be_answered_whole_and_one_by_one(customer: Client) -> None:
    customer.simulator.settings.update({"dashed_numbers": False, "coalesce_numbers": False})
    rows = customer.do("GroupDnGetAssignmentListRequest18", **NEWARK).table("dnTable")
    assert [row["Phone Numbers"] for row in rows] == [f"+1973555014{last}" for last in range(4)]


def test_only_activation_and_deactivation_may_be_repeated(customer: Client) -> None:
    number = {**NEWARK, "phoneNumber": "+19735550140"}
    for name in ("GroupDnActivateListRequest", "GroupDnDeactivateListRequest"):
        assert all(reply.succeeded for reply in customer.send(*[command(name, "", **number)] * 2))
    replies = customer.send(*[command("GroupDnUnassignListRequest", "", **number)] * 2)
    assert [reply.succeeded for reply in replies] == [True, False]
    assert not customer.do("GroupDnActivateListRequest", **number).succeeded


def test_extension_lengths_are_set_and_read(customer: Client) -> None:
    lengths = {"minExtensionLength": 3, "maxExtensionLength": 5, "defaultExtensionLength": 4}
    assert customer.do("GroupExtensionLengthModifyRequest17", **NEWARK, **lengths).succeeded
    read = customer.do("GroupExtensionLengthGetRequest22", **NEWARK)
    assert {name: read.text(name) for name in lengths} == {name: str(value) for name, value in lengths.items()}
    assert not customer.do("GroupExtensionLengthModifyRequest17", **NEWARK, minExtensionLength=6).succeeded


def test_a_service_is_authorized_before_it_is_assigned_and_assigned_once(customer: Client) -> None:
    assign = "GroupServiceAssignListRequest"
    assert "not authorized" in customer.do(assign, **NEWARK, serviceName="Call Park").summary
    assert customer.do(assign, **NEWARK, serviceName="Hunt Group").succeeded
    assert "already assigned" in customer.do(assign, **NEWARK, serviceName="Hunt Group").summary
    asked = customer.do("GroupServiceIsAssignedRequest", **NEWARK, serviceName="Hunt Group")
    assert asked.text("isAssigned") == "true"
    revoke = {"serviceName": "Hunt Group", "unauthorized": True}
    modify = "GroupServiceModifyAuthorizationListRequest"
    assert "in use" in customer.do(modify, **NEWARK, groupServiceAuthorization=revoke).summary
    unassign = [command("GroupServiceUnassignListRequest", "", **NEWARK, serviceName="Hunt Group")] * 2
    assert [reply.succeeded for reply in customer.send(*unassign)] == [True, False]
    assert customer.do(modify, **NEWARK, groupServiceAuthorization=revoke).succeeded


def test_a_group_gets_only_what_its_provider_has(customer: Client) -> None:
    modify = "GroupServiceModifyAuthorizationListRequest"
    some = {"authorizedQuantity": {"quantity": 1}}
    fax = customer.do(modify, **NEWARK, userServiceAuthorization={"serviceName": "Fax Messaging", **some})
    assert "not authorized" in fax.summary
    pack = customer.do(modify, **NEWARK, servicePackAuthorization={"servicePackName": "None", **some})
    assert "not found" in pack.summary
    many = {"servicePackName": "Seat", "authorizedQuantity": {"quantity": 6}}
    assert "quantity is exceeded" in customer.do(modify, **NEWARK, servicePackAuthorization=many).summary


def test_the_authorizations_of_a_group_are_listed(customer: Client) -> None:
    reply = customer.do("GroupServiceGetAuthorizationListRequest", **NEWARK)
    (pack,) = reply.table("servicePacksAuthorizationTable")
    assert (pack["Service Pack Name"], pack["Authorized"], pack["Allocated"]) == ("Seat", "true", "2")
    services = {row["Service Name"]: row["Quantity"] for row in reply.table("userServicesAuthorizationTable")}
    assert services["Call Waiting"] == "Unlimited"


def test_a_list_longer_than_asked_for_is_refused(customer: Client) -> None:
    customer.do("GroupAddRequest", **ACME, groupId="OTHER", defaultDomain="acme.example", userLimit=1)
    refused = customer.do("GroupGetListInServiceProviderRequest", **ACME, responseSizeLimit=1)
    assert "response size limit" in refused.summary
    assert customer.do("GroupGetListInServiceProviderRequest", **ACME, responseSizeLimit=2).succeeded
