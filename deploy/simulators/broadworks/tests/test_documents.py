"""What any OCI document may hold and what comes back for it."""

from typing import Any

import pytest

from broadworks_simulator.settings import Settings
from broadworks_simulator.simulator import Simulator

from .client import Client
from .oci import answers, command, document

PING = command("AvailabilityTestRequest")


def test_fifteen_commands_are_answered_one_by_one(client: Client) -> None:
    replies = client.send(*[command("AvailabilityTestRequest", str(number)) for number in range(15)])
    assert [reply.echo for reply in replies] == [str(number) for number in range(15)]


def test_sixteen_commands_are_refused_as_a_whole(client: Client) -> None:
    (reply,) = client.send(*[PING] * 16)
    assert reply.summary == "[Error 6004] OCI XML Request validation error"


def test_a_failed_command_neither_stops_nor_undoes_the_others(client: Client) -> None:
    add = command("SystemDomainAddRequest", domain="one.example")
    replies = client.send(add, add, command("SystemDomainAddRequest", domain="two.example"))
    assert [reply.succeeded for reply in replies] == [True, False, True]
    assert {"one.example", "two.example"} <= set(client.simulator.system.domains)


def test_success_and_error_carry_the_prefix_and_data_does_not(client: Client) -> None:
    replies = client.send(PING, command("NoSuchRequest"), command("SystemSoftwareVersionGetRequest"))
    assert [reply.type_name for reply in replies] == [
        "c:SuccessResponse",
        "c:ErrorResponse",
        "SystemSoftwareVersionGetResponse",
    ]


def test_an_unknown_type_is_a_validation_error_with_its_name(client: Client) -> None:
    reply = client.do("NoSuchRequest")
    assert reply.summary == "[Error 6004] OCI XML Request validation error"
    assert reply.text("detail") == "Invalid xsi:type qname: 'NoSuchRequest'"
    assert reply.text("errorCode") is None


def test_the_error_code_has_an_element_of_its_own_when_the_settings_say_so() -> None:
    reply = Client(Simulator(Settings(error_code_element=True))).do("NoSuchRequest")
    assert reply.text("errorCode") == "6004"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ({"groupId": "G", "serviceProviderId": "S"}, "expected element 'serviceProviderId' instead of 'groupId'"),
        ({"serviceProviderId": "S"}, "expected element 'groupId' instead of 'the end'"),
        ({"serviceProviderId": "S", "groupId": "G", "more": "x"}, "element 'more' is not expected here"),
        ({"serviceProviderId": "é" * 16, "groupId": "G"}, "1 to 30 bytes"),
        ({"serviceProviderId": "S", "groupId": "G" * 31}, "1 to 30 characters"),
        ({"serviceProviderId": "S", "groupId": None}, "element 'groupId' is not nillable"),
    ],
)
def test_elements_must_match_the_declared_sequence(client: Client, content: dict[str, Any], complaint: str) -> None:
    reply = client.do("GroupDeleteRequest", **content)
    assert reply.summary.startswith("[Error 6004]")
    assert complaint in (reply.text("detail") or "")


def test_an_invalid_command_can_take_its_document_with_it() -> None:
    client = Client(Simulator(Settings(validation="document")))
    replies = client.send(command("SystemDomainAddRequest", domain="one.example"), command("NoSuchRequest"))
    assert len(replies) == 1
    assert "one.example" not in client.simulator.system.domains


def test_replies_declare_latin_1_and_write_other_characters_as_references(client: Client) -> None:
    client.do("SystemDomainAddRequest", domain="zażółć.example")
    text = client.post(command("SystemDomainGetListRequest22V2")).text
    assert text.startswith('<?xml version="1.0" encoding="ISO-8859-1"?>')
    assert "za&#380;ó&#322;&#263;.example" in text
    assert "zażółć.example" in [row["Domain Name"] for row in answers(text)[0].table("domainTable")]


def test_the_tracking_id_comes_back(client: Client) -> None:
    message = document(client.session_id, PING, extra='<trackingId xmlns="">t-1</trackingId>')
    assert '<trackingId xmlns="">t-1</trackingId>' in client.simulator.answer(message, client.cookie).text


@pytest.mark.parametrize("message", ["", "<not-closed>", "<other/>", '<BroadsoftDocument protocol="OCI"/>'])
def test_what_is_no_document_is_a_validation_error(simulator: Simulator, message: str) -> None:
    (reply,) = answers(simulator.answer(message).text)
    assert reply.summary.startswith("[Error 6004]")


def test_texts_are_tokens_whose_blanks_collapse(client: Client) -> None:
    client.do("SystemDomainAddRequest", domain="  spaced.example \n")
    assert "spaced.example" in client.simulator.system.domains


def test_columns_move_and_grow_when_shuffled() -> None:
    client = Client(Simulator(Settings(shuffle_columns=True)))
    orders = {tuple(client.do("SystemDomainGetListRequest22V2").table("domainTable")[0]) for _ in range(64)}
    assert len(orders) > 1
    assert all(set(order) == {"Domain Name", "Reseller Id", "Simulator Remark"} for order in orders)
