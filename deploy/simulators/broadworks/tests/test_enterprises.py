"""Domains, service providers, their numbers, services and packs."""

from .client import Client

ACME = {"serviceProviderId": "ACME"}


def test_domains_ignore_case_and_exist_once(client: Client) -> None:
    assert client.do("SystemDomainAddRequest", domain="One.example").succeeded
    assert "already exists" in client.do("SystemDomainAddRequest", domain="one.EXAMPLE").summary
    assert client.do("SystemDomainDeleteRequest", domain="ONE.example").succeeded
    assert "not found" in client.do("SystemDomainDeleteRequest", domain="one.example").summary


def test_a_domain_in_use_cannot_be_deleted(enterprise: Client) -> None:
    assert "in use" in enterprise.do("SystemDomainDeleteRequest", domain="acme.example").summary


def test_a_provider_reads_back_as_it_was_added(client: Client) -> None:
    client.do("SystemDomainAddRequest", domain="acme.example")
    added = client.do(
        "ServiceProviderAddRequest13mp2",
        isEnterprise=True,
        **ACME,
        defaultDomain="acme.example",
        serviceProviderName="Acme & Sons",
        contact={"contactName": "Ada"},
        address={"city": "Newark", "stateOrProvince": "New Jersey", "country": "United States"},
    )
    assert added.succeeded
    read = client.do("ServiceProviderGetRequest22V4", **ACME)
    assert read.text("serviceProviderName") == "Acme & Sons"
    assert read.text("isEnterprise") == "true"
    assert read.text("address/stateOrProvince") == "New Jersey"
    assert read.text("contact/contactName") == "Ada"
    assert client.do("ServiceProviderGetListRequest").table("serviceProviderTable")[0]["Service Provider Id"] == "ACME"


def test_an_abbreviated_state_is_refused(client: Client) -> None:
    reply = client.do(
        "ServiceProviderAddRequest13mp2",
        isEnterprise=True,
        **ACME,
        defaultDomain="dialtone.example",
        address={"stateOrProvince": "NJ"},
    )
    assert reply.summary == "[Error 4015] State/Province, or Address is invalid"


def test_a_provider_exists_once_and_needs_its_domain(enterprise: Client) -> None:
    again = {"isEnterprise": True, **ACME, "defaultDomain": "acme.example"}
    assert "already exists" in enterprise.do("ServiceProviderAddRequest13mp2", **again).summary
    homeless = {"isEnterprise": True, "serviceProviderId": "X", "defaultDomain": "nowhere.example"}
    assert "Domain not found" in enterprise.do("ServiceProviderAddRequest13mp2", **homeless).summary


def test_a_provider_with_groups_cannot_be_deleted(customer: Client) -> None:
    assert not customer.do("ServiceProviderDeleteRequest", **ACME).succeeded
    assert customer.do("GroupDeleteRequest", **ACME, groupId="NEWARK").succeeded
    assert customer.do("ServiceProviderDeleteRequest", **ACME).succeeded
    assert "not found" in customer.do("ServiceProviderGetRequest22V4", **ACME).summary
    assert customer.simulator.system.numbers == {}


def test_domains_are_assigned_to_a_provider_once(enterprise: Client) -> None:
    enterprise.do("SystemDomainAddRequest", domain="two.example")
    assign, unassign = "ServiceProviderDomainAssignListRequest", "ServiceProviderDomainUnassignListRequest"
    assert enterprise.do(assign, **ACME, domain="two.example").succeeded
    assert "already assigned" in enterprise.do(assign, **ACME, domain="two.example").summary
    read = enterprise.do("ServiceProviderDomainGetAssignedListRequest22", **ACME)
    assert read.texts("domain") == ["acme.example", "two.example"]
    assert enterprise.do(unassign, **ACME, domain="two.example").succeeded
    assert not enterprise.do(unassign, **ACME, domain="two.example").succeeded
    assert "in use" in enterprise.do(unassign, **ACME, domain="acme.example").summary


def test_a_number_exists_once_in_the_whole_system(enterprise: Client) -> None:
    other = {"serviceProviderId": "OTHER"}
    enterprise.do("ServiceProviderAddRequest13mp2", isEnterprise=True, **other, defaultDomain="acme.example")
    reply = enterprise.do("ServiceProviderDnAddListRequest", **other, phoneNumber=["9735550140", "9735550150"])
    assert "already exists" in reply.summary
    assert "+19735550150" not in enterprise.simulator.system.numbers


def test_numbers_of_a_provider_are_summed_up_in_dashed_ranges(customer: Client) -> None:
    rows = customer.do("ServiceProviderDnGetSummaryListRequest", **ACME).table("dnSummaryTable")
    assert rows == [
        {"Phone Numbers": "+1-973-555-0140 - +1-973-555-0143", "Group Id": "NEWARK", "Can Delete": "false"},
        {"Phone Numbers": "+1-973-555-0144 - +1-973-555-0149", "Group Id": "", "Can Delete": "true"},
    ]
    free = customer.do("ServiceProviderDnGetAvailableListRequest", **ACME).texts("availableDn")
    assert free[0] == "+1-973-555-0144"
    assert len(free) == 6


def test_only_free_numbers_can_be_deleted_and_only_once(customer: Client) -> None:
    delete = "ServiceProviderDnDeleteListRequest"
    assert "in use" in customer.do(delete, **ACME, phoneNumber="+19735550140").summary
    assert customer.do(delete, **ACME, phoneNumber="+1-973-555-0149").succeeded
    assert "not found" in customer.do(delete, **ACME, phoneNumber="+19735550149").summary


def test_all_services_are_listed_with_what_is_authorized(enterprise: Client) -> None:
    reply = enterprise.do("ServiceProviderServiceGetAuthorizationListRequest", **ACME)
    users = {row["Service Name"]: row for row in reply.table("userServicesAuthorizationTable")}
    assert len(users) == 212
    assert len(reply.table("groupServicesAuthorizationTable")) == 32
    assert users["Call Waiting"]["Authorized"] == "true"
    assert users["Fax Messaging"]["Authorized"] == "false"


def test_a_service_name_in_another_case_is_invalid(enterprise: Client) -> None:
    reply = enterprise.do(
        "ServiceProviderServiceModifyAuthorizationListRequest",
        **ACME,
        userServiceAuthorization={"serviceName": "call waiting", "unauthorized": True},
    )
    assert reply.summary.startswith("[Error 6004]")


def test_a_service_a_group_has_cannot_be_taken_from_the_provider(customer: Client) -> None:
    reply = customer.do(
        "ServiceProviderServiceModifyAuthorizationListRequest",
        **ACME,
        userServiceAuthorization={"serviceName": "Voice Messaging User", "unauthorized": True},
    )
    assert "in use" in reply.summary


def test_a_pack_exists_once_and_reads_back(enterprise: Client) -> None:
    pack = {**ACME, "servicePackName": "Seat"}
    again = {"isAvailableForUse": True, "servicePackQuantity": {"unlimited": True}}
    assert "already exists" in enterprise.do("ServiceProviderServicePackAddRequest", **pack, **again).summary
    assert enterprise.do("ServiceProviderServicePackGetListRequest", **ACME).texts("servicePackName") == ["Seat"]
    read = enterprise.do("ServiceProviderServicePackGetDetailListRequest", **pack)
    assert read.text("servicePackQuantity/quantity") == "5"
    assert [row["Service"] for row in read.table("userServiceTable")] == ["Call Waiting"]
    assert enterprise.do("ServiceProviderServicePackDeleteRequest", **pack).succeeded
    assert "not found" in enterprise.do("ServiceProviderServicePackGetDetailListRequest", **pack).summary


def test_a_pack_holds_only_authorized_user_services(enterprise: Client) -> None:
    pack = {**ACME, "servicePackName": "P", "isAvailableForUse": True, "servicePackQuantity": {"unlimited": True}}
    add = "ServiceProviderServicePackAddRequest"
    assert "not authorized" in enterprise.do(add, **pack, serviceName="Fax Messaging").summary
    assert enterprise.do(add, **pack, serviceName="Hunt Group").summary.startswith("[Error 6004]")


def test_a_pack_a_group_has_cannot_be_deleted(customer: Client) -> None:
    assert "in use" in customer.do("ServiceProviderServicePackDeleteRequest", **ACME, servicePackName="Seat").summary
