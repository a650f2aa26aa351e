"""Voice portal, auto attendants, hunt groups, call centers."""

from typing import Any

from .client import Client
from .oci import Answer

NEWARK = {"serviceProviderId": "ACME", "groupId": "NEWARK"}
USER = "ada@acme.example"
SERVICE_USER = "main@acme.example"


def profile(**more: Any) -> dict[str, Any]:
    names = {"name": "Main", "callingLineIdLastName": "Main", "callingLineIdFirstName": "Main"}
    return {**names, "phoneNumber": "9735550143", "extension": "0143", **more}


def add_auto_attendant(client: Client, kind: str = "Basic") -> Answer:
    return client.do(
        "GroupAutoAttendantAddInstanceRequest20",
        **NEWARK,
        serviceUserId=SERVICE_USER,
        serviceInstanceProfile=profile(),
        type=kind,
        firstDigitTimeoutSeconds=10,
        enableVideo=False,
        extensionDialingScope="Group",
        nameDialingScope="Group",
        nameDialingEntries="LastName + FirstName",
    )


def add_hunt_group(client: Client, agents: list[str]) -> Answer:
    return client.do(
        "GroupHuntGroupAddInstanceRequest20",
        **NEWARK,
        serviceUserId=SERVICE_USER,
        serviceInstanceProfile=profile(),
        policy="Circular",
        huntAfterNoAnswer=True,
        noAnswerNumberOfRings=5,
        forwardAfterTimeout=False,
        forwardTimeoutSeconds=0,
        agentUserId=agents,
        allowCallWaitingForAgents=False,
        useSystemHuntGroupCLIDSetting=True,
        includeHuntGroupNameInCLID=True,
        enableNotReachableForwarding=False,
        makeBusyWhenNotReachable=False,
        allowMembersToControlGroupBusy=False,
        enableGroupBusy=False,
        applyGroupBusyWhenTerminatingToAgent=False,
    )


def add_call_center(client: Client, kind: str = "Basic", **more: str) -> Answer:
    return client.do(
        "GroupCallCenterAddInstanceRequest22",
        **NEWARK,
        serviceUserId=SERVICE_USER,
        serviceInstanceProfile=profile(**more),
        type=kind,
        policy="Circular",
        enableVideo=False,
        queueLength=10,
        allowCallerToDialEscapeDigit=False,
        escapeDigit="0",
        resetCallStatisticsUponEntryInQueue=False,
        allowAgentLogoff=True,
        allowCallWaitingForAgents=False,
        externalPreferredAudioCodec="None",
        internalPreferredAudioCodec="None",
        playRingingWhenOfferingCall=True,
    )


def assign(client: Client, service: str) -> None:
    assert client.do("GroupServiceAssignListRequest", **NEWARK, serviceName=service).succeeded


def test_an_auto_attendant_needs_its_service_and_is_listed(customer: Client) -> None:
    assert not add_auto_attendant(customer).succeeded
    assign(customer, "Auto Attendant")
    assert not add_auto_attendant(customer, "Standard").succeeded
    assert add_auto_attendant(customer).succeeded
    (row,) = customer.do("GroupAutoAttendantGetInstanceListRequest", **NEWARK).table("autoAttendantTable")
    assert (row["Service User Id"], row["Phone Number"], row["Type"]) == (SERVICE_USER, "+1-973-555-0143", "Basic")
    numbers = customer.do("GroupDnGetAssignmentListRequest18", **NEWARK).table("dnTable")
    assert numbers[-1]["User Type"] == "Auto Attendant"


def test_a_service_with_instances_cannot_be_unassigned(customer: Client) -> None:
    assign(customer, "Auto Attendant")
    add_auto_attendant(customer)
    unassign = {**NEWARK, "serviceName": "Auto Attendant"}
    assert "in use" in customer.do("GroupServiceUnassignListRequest", **unassign).summary
    assert customer.do("GroupAutoAttendantDeleteInstanceRequest", serviceUserId=SERVICE_USER).succeeded
    assert customer.do("GroupServiceUnassignListRequest", **unassign).succeeded


def test_an_instance_is_added_once_and_deleted_once(customer: Client) -> None:
    assign(customer, "Auto Attendant")
    assert add_auto_attendant(customer).succeeded
    assert add_auto_attendant(customer).summary.startswith("[Error 4200]")
    delete = "GroupAutoAttendantDeleteInstanceRequest"
    assert not customer.do("GroupHuntGroupDeleteInstanceRequest", serviceUserId=SERVICE_USER).succeeded
    assert customer.do(delete, serviceUserId=SERVICE_USER).succeeded
    assert customer.do(delete, serviceUserId=SERVICE_USER).summary.startswith("[Error 4008]")
    assert customer.simulator.system.group("ACME", "NEWARK").numbers["+19735550143"].user is None


def test_agents_exist_before_their_hunt_group(customer: Client) -> None:
    assign(customer, "Hunt Group")
    assert add_hunt_group(customer, [USER]).summary == f"[Error 4008] User not found: {USER}"
    names = {"lastName": "L", "firstName": "F", "callingLineIdLastName": "L", "callingLineIdFirstName": "F"}
    customer.do("UserAddRequest22V2", **NEWARK, userId=USER, **names, password="secret")
    assert add_hunt_group(customer, [USER]).succeeded
    (row,) = customer.do("GroupHuntGroupGetInstanceListRequest", **NEWARK).table("huntGroupTable")
    assert row["Policy"] == "Circular"
    customer.do("UserDeleteRequest", userId=USER)
    assert customer.simulator.system.instance(SERVICE_USER)[1].agents == []


def test_a_call_center_needs_a_password_and_agents_of_its_type(customer: Client) -> None:
    assert add_call_center(customer).summary.startswith("[Error 6004]")
    assert "not authorized" in add_call_center(customer, "Premium", password="secret").summary
    assert add_call_center(customer, password="secret").succeeded
    (row,) = customer.do("GroupCallCenterGetInstanceListRequest", **NEWARK).table("callCenterTable")
    assert (row["Type"], row["Policy"]) == ("Basic", "Circular")
    assert customer.do("GroupCallCenterDeleteInstanceRequest", serviceUserId=SERVICE_USER).succeeded


def test_the_voice_portal_exists_with_its_service_and_gives_its_number_back(customer: Client) -> None:
    modify, get = (
        "GroupVoiceMessagingGroupModifyVoicePortalRequest",
        "GroupVoiceMessagingGroupGetVoicePortalRequest21sp1",
    )
    number = {"phoneNumber": "9735550143", "extension": "0143"}
    assert not customer.do(modify, **NEWARK, isActive=True).succeeded
    assign(customer, "Voice Messaging Group")
    assert customer.do(modify, **NEWARK, serviceInstanceProfile=number, isActive=True).succeeded
    read = customer.do(get, **NEWARK)
    assert (read.text("isActive"), read.text("serviceInstanceProfile/phoneNumber")) == ("true", "+1-973-555-0143")
    nothing = {"phoneNumber": None, "extension": None}
    assert customer.do(modify, **NEWARK, serviceInstanceProfile=nothing, isActive=False).succeeded
    assert customer.do("GroupDnUnassignListRequest", **NEWARK, phoneNumber="9735550143").succeeded
    unassign = customer.do("GroupServiceUnassignListRequest", **NEWARK, serviceName="Voice Messaging Group")
    assert unassign.succeeded
    assert not customer.do(get, **NEWARK).succeeded
