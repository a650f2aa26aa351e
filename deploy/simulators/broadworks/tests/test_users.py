"""Users and their services."""

from typing import Any

import pytest

from .client import Client
from .oci import Answer

ACME = {"serviceProviderId": "ACME"}
NEWARK = {**ACME, "groupId": "NEWARK"}
ADA = "ada@acme.example"


def add(client: Client, user_id: str = ADA, name: str = "UserAddRequest22V2", **more: Any) -> Answer:
    names = {"lastName": "Lovelace", "firstName": "Ada"}
    calling = {"callingLineIdLastName": "Lovelace", "callingLineIdFirstName": "Ada"}
    return client.do(name, **NEWARK, userId=user_id, **names, **calling, **{**more, "password": "secret"})


@pytest.mark.parametrize("name", ["UserAddRequest22V2", "UserAddRequest22", "UserAddRequest17sp4"])
def test_a_user_reads_back_and_is_listed(customer: Client, name: str) -> None:
    assert add(customer, name=name, phoneNumber="9735550142", extension="0142").succeeded
    read = customer.do("UserGetRequest23V2", userId=ADA)
    assert (read.text("serviceProviderId"), read.text("groupId")) == ("ACME", "NEWARK")
    assert (read.text("phoneNumber"), read.text("extension")) == ("+1-973-555-0142", "0142")
    (listed,) = customer.do("UserGetListInGroupRequest", **ACME, GroupId="NEWARK").table("userTable")
    assert (listed["User Id"], listed["Phone Number"]) == (ADA, "+1-973-555-0142")
    rows = customer.do("GroupDnGetAssignmentListRequest18", **NEWARK).table("dnTable")
    assert [row["Phone Numbers"] for row in rows if row["User Id"] == ADA] == ["+1-973-555-0142"]


def test_the_group_id_has_a_capital_in_one_request(customer: Client) -> None:
    assert customer.do("UserGetListInGroupRequest", **NEWARK).summary.startswith("[Error 6004]")


def test_a_user_id_is_unique_across_the_system(customer: Client) -> None:
    add(customer)
    customer.do("GroupAddRequest", **ACME, groupId="OTHER", defaultDomain="acme.example", userLimit=5)
    names = {"lastName": "L", "firstName": "F", "callingLineIdLastName": "L", "callingLineIdFirstName": "F"}
    again = customer.do("UserAddRequest22V2", **ACME, groupId="OTHER", userId=ADA, **names, password="secret")
    assert again.summary == f"[Error 4200] User already exists: {ADA}"


def test_an_unknown_user_is_not_found(client: Client) -> None:
    assert client.do("UserGetRequest23V2", userId="who@x").summary == "[Error 4008] User not found: who@x"


def test_a_user_found_by_another_id_answers_with_the_primary_one(customer: Client) -> None:
    names = {"lastName": "L", "firstName": "F", "callingLineIdLastName": "L", "callingLineIdFirstName": "F"}
    alternate = {"alternateUserId": "countess@acme.example"}
    customer.do("UserAddRequest22V2", **NEWARK, userId=ADA, **names, password="secret", alternateUserId=alternate)
    assert customer.do("UserGetRequest23V2", userId="countess@acme.example").text("userId") == ADA
    assert customer.do("UserDeleteRequest", userId=ADA).succeeded
    assert not customer.do("UserGetRequest23V2", userId="countess@acme.example").succeeded


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        (
            {"extension": "12345"},
            "[Error 4909] Invalid extension. The extension length for this group NEWARK is 4 to 4 digits long.",
        ),
        ({"extension": "911"}, "[Error 4911]"),
        ({"phoneNumber": "9735550149"}, "not assigned to the group"),
    ],
)
def test_numbers_and_extensions_must_fit_the_group(customer: Client, more: dict[str, str], complaint: str) -> None:
    assert complaint in add(customer, **more).summary


def test_a_number_and_an_extension_belong_to_one_user(customer: Client) -> None:
    add(customer, phoneNumber="9735550142", extension="0142")
    assert "in use" in add(customer, "bob@acme.example", phoneNumber="9735550142").summary
    assert "already assigned" in add(customer, "bob@acme.example", extension="0142").summary


def test_the_domain_of_a_user_id_must_be_one_of_the_group(customer: Client) -> None:
    assert not add(customer, "ada").succeeded
    assert not add(customer, "ada@elsewhere.example").succeeded


def test_no_more_users_than_the_limit(customer: Client) -> None:
    replies = [add(customer, f"user{number}@acme.example") for number in range(4)]
    assert [reply.succeeded for reply in replies] == [True, True, True, False]


def test_a_group_with_users_cannot_be_deleted(customer: Client) -> None:
    add(customer)
    assert not customer.do("GroupDeleteRequest", **NEWARK).succeeded


def test_a_number_of_a_user_cannot_be_unassigned_until_the_user_is_gone(customer: Client) -> None:
    add(customer, phoneNumber="9735550142", extension="0142")
    number = {**NEWARK, "phoneNumber": "9735550142"}
    assert "in use" in customer.do("GroupDnUnassignListRequest", **number).summary
    assert customer.do("UserDeleteRequest", userId=ADA).succeeded
    assert "+19735550142" in customer.simulator.system.group("ACME", "NEWARK").numbers
    assert customer.do("UserDeleteRequest", userId=ADA).summary.startswith("[Error 4008]")
    assert add(customer, extension="0142").succeeded
    assert customer.do("GroupDnUnassignListRequest", **number).succeeded


@pytest.mark.parametrize(("level", "remains"), [("Group", True), ("Service Provider", False)])
def test_a_consolidated_delete_takes_the_number_along(customer: Client, level: str, *, remains: bool) -> None:
    add(customer, phoneNumber="9735550142")
    assert customer.do("UserConsolidatedDeleteRequest", userId=ADA, unassignPhoneNumbers=level).succeeded
    assert "+19735550142" not in customer.simulator.system.group("ACME", "NEWARK").numbers
    assert ("+19735550142" in customer.simulator.system.numbers) is remains


def test_an_access_device_that_does_not_exist_is_refused(customer: Client) -> None:
    names = {"lastName": "L", "firstName": "F", "callingLineIdLastName": "L", "callingLineIdFirstName": "F"}
    device = {"accessDevice": {"deviceLevel": "Group", "deviceName": "phone"}, "linePort": ADA}
    reply = customer.do(
        "UserAddRequest22V2", **NEWARK, userId=ADA, **names, password="secret", accessDeviceEndpoint=device
    )
    assert reply.summary == "[Error 4505] Access Device not found"


def test_a_partial_assignment_is_a_warning_and_none_an_error(customer: Client) -> None:
    add(customer)
    assign = "UserServiceAssignListRequest"
    partly = customer.do(assign, userId=ADA, serviceName=["Call Waiting", "Fax Messaging"])
    assert partly.severity == "Warning"
    assert partly.summary.startswith("[Warning ")
    nothing = customer.do(assign, userId=ADA, serviceName=["Fax Messaging"])
    assert nothing.severity == "Error"
    assert customer.simulator.system.user(ADA)[1].services == ["Call Waiting"]


def test_services_of_packs_count_as_assigned(customer: Client) -> None:
    add(customer)
    assert customer.do("UserServiceAssignListRequest", userId=ADA, servicePackName="Seat").succeeded
    reply = customer.do("UserServiceGetAssignmentListRequest", userId=ADA)
    services = {row["Service Name"]: row["Assigned"] for row in reply.table("userServicesAssignmentTable")}
    assert reply.table("servicePacksAssignmentTable")[0]["Assigned"] == "true"
    assert services["Call Waiting"] == "true"
    assert services["Voice Messaging User"] == "false"


def test_what_is_not_assigned_cannot_be_unassigned(customer: Client) -> None:
    add(customer)
    reply = customer.do("UserServiceUnassignListRequest", userId=ADA, serviceName="Call Waiting")
    assert reply.summary == "[Error 4410] Service is not assigned to this subscriber: Call Waiting"


def test_a_pack_is_assigned_as_often_as_it_is_authorized(customer: Client) -> None:
    users = [f"user{number}@acme.example" for number in range(3)]
    for user_id in users:
        add(customer, user_id)
    replies = [customer.do("UserServiceAssignListRequest", userId=user, servicePackName="Seat") for user in users]
    assert [reply.succeeded for reply in replies] == [True, True, False]


def test_voice_mail_needs_the_voice_messaging_of_its_group(customer: Client) -> None:
    add(customer)
    mail = {"userId": ADA, "serviceName": "Voice Messaging User"}
    assert "depends on" in customer.do("UserServiceAssignListRequest", **mail).summary
    customer.do("GroupServiceAssignListRequest", **NEWARK, serviceName="Voice Messaging Group")
    assert customer.do("UserServiceAssignListRequest", **mail).succeeded
