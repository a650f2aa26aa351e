"""The AsyncAPI document says what topics, registry and envelope say."""

import json
from datetime import timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from contracts.asyncapi import SERVICES, VERSION, asyncapi, sent
from contracts.folder import Folder
from contracts.generate import HOME
from contracts.schemas import schemas
from contracts.topics import ALL, BY_NAME, Topic
from contracts.vocabulary import MESSAGES

GOLDENS = {ce_type: numbered[max(numbered)] for ce_type, numbered in Folder(HOME).goldens().items()}
DOCUMENT = asyncapi(GOLDENS)


def pointed(reference: str) -> Any:
    """What a reference inside the document points to."""
    found: Any = DOCUMENT
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    return found


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        below = [reference for part in node.values() for reference in references(part)]
        return [node["$ref"], *below] if isinstance(node.get("$ref"), str) else below
    return [reference for part in node for reference in references(part)] if isinstance(node, list) else []


def described(headers: dict[str, Any]) -> dict[str, Any]:
    """The headers that a header schema speaks of, by itself and through what it builds on."""
    found = dict(headers.get("properties", {}))
    for part in headers.get("allOf", ()):
        found |= described(pointed(part["$ref"]) if "$ref" in part else part)
    return found


def test_every_reference_leads_somewhere():
    files = schemas()
    assert all(
        reference.removeprefix("./") in files if reference.startswith("./") else pointed(reference)
        for reference in references(DOCUMENT)
    )


@pytest.mark.parametrize("topic", ALL, ids=lambda topic: topic.name)
def test_a_channel_is_a_topic_with_its_partitions_retention_and_largest_record(topic: Topic):
    channel = DOCUMENT["channels"][topic.name]
    kafka = channel["bindings"]["kafka"]
    kept = kafka["topicConfiguration"]["retention.ms"]
    assert kafka["topicConfiguration"]["max.message.bytes"] == topic.max_message_bytes
    assert kafka["topicConfiguration"]["cleanup.policy"] == ["compact" if topic.compacted else "delete"]
    assert (channel["address"], kafka["topic"], kafka["partitions"]) == (topic.name, topic.name, topic.partitions)
    assert (None if kept == -1 else timedelta(milliseconds=kept)) == topic.retention


def test_channels_are_the_topics_and_nothing_else():
    assert DOCUMENT["channels"].keys() == BY_NAME.keys()


@pytest.mark.parametrize("ce_type", MESSAGES)
def test_a_message_is_on_its_topic_and_may_become_a_dead_letter(ce_type: str):
    channels = {name for name, channel in DOCUMENT["channels"].items() if ce_type in channel["messages"]}
    assert channels == {MESSAGES[ce_type].topic, "dead-letters"}


@pytest.mark.parametrize("ce_type", MESSAGES)
def test_a_message_has_payload_headers_key_and_example(ce_type: str):
    message = DOCUMENT["components"]["messages"][ce_type]
    assert message["payload"] == {"$ref": f"./{ce_type}.json"}
    assert pointed(message["bindings"]["kafka"]["key"]["$ref"])["type"] == "string"
    assert message["examples"][0]["payload"] == GOLDENS[ce_type].data


@pytest.mark.parametrize("ce_type", MESSAGES)
def test_the_headers_of_the_golden_message_keep_to_the_header_schema(ce_type: str):
    schema = {**DOCUMENT["components"]["messages"][ce_type]["headers"], "components": DOCUMENT["components"]}
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    headers = GOLDENS[ce_type].headers
    assert list(validator.iter_errors(headers)) == []
    assert headers.keys() <= described(schema).keys()
    assert not validator.is_valid({**headers, "ce_type": "dialtone.other.Message.v1"})
    assert not validator.is_valid({name: text for name, text in headers.items() if name != "ce_id"})


@pytest.mark.parametrize("header", ["partnerkey", "signature"])
def test_a_submission_without_its_signature_breaks_the_header_schema(header: str):
    ce_type = "dialtone.orders.SubmitOrder.v1"
    schema = {**DOCUMENT["components"]["messages"][ce_type]["headers"], "components": DOCUMENT["components"]}
    unsigned = {name: text for name, text in GOLDENS[ce_type].headers.items() if name != header}
    assert not Draft202012Validator(schema).is_valid(unsigned)


def test_every_writer_sends_and_every_reader_receives():
    wanted = {(service, "send", topic.name) for topic in ALL for service in topic.writers}
    wanted |= {(service, "receive", topic.name) for topic in ALL for service in topic.readers}
    found = {
        (operation["tags"][0]["name"], operation["action"], pointed(operation["channel"]["$ref"])["address"])
        for operation in DOCUMENT["operations"].values()
    }
    assert found == wanted
    assert len(DOCUMENT["operations"]) == len(wanted)


@pytest.mark.parametrize("topic", ALL, ids=lambda topic: topic.name)
def test_every_message_of_a_topic_has_a_writer(topic: Topic):
    written = {ce_type for service in topic.writers for ce_type in sent(topic, service)}
    assert written == DOCUMENT["channels"][topic.name]["messages"].keys()


def test_a_service_replies_in_its_own_words_and_in_those_of_the_saga():
    replies = [MESSAGES[ce_type] for ce_type in sent(BY_NAME["orders.replies"], "catalog")]
    assert {model.owner for model in replies} == {"catalog", "saga"}


def test_only_order_intake_tells_the_story_of_a_fallout_but_anybody_may_send_a_dead_letter():
    fallout, command = "dialtone.orders.OrderFallout.v1", "dialtone.numbers.ReserveNumbers.v1"
    writers = BY_NAME["dead-letters"].writers
    assert [service for service in writers if fallout in sent(BY_NAME["dead-letters"], service)] == ["order-intake"]
    assert all(command in sent(BY_NAME["dead-letters"], service) for service in writers)


def test_whoever_receives_commands_answers_on_the_replies():
    receivers = {name: op for name, op in DOCUMENT["operations"].items() if name.endswith(".commands")}
    answering = {name for name, op in receivers.items() if op.get("reply", {}).get("channel")}
    assert answering == {name for name in receivers if ".receives." in name}


def test_every_owner_is_a_service_or_all_of_them():
    owners = {model.owner for model in MESSAGES.values()}
    assert owners == {*SERVICES, "saga", "messaging"}


def test_a_new_message_without_a_golden_one_is_still_described():
    document = asyncapi({})
    assert document["components"]["messages"].keys() == MESSAGES.keys()
    assert "examples" not in json.dumps(document)


def test_the_document_carries_the_version_of_the_package():
    assert f'version = "{VERSION}"' in (HOME / "pyproject.toml").read_text()
    assert DOCUMENT["info"]["version"] == VERSION


@pytest.mark.parametrize("ce_type", MESSAGES)
def test_a_reader_of_the_document_sees_what_each_message_is_for(ce_type: str):
    assert len(DOCUMENT["components"]["messages"][ce_type]["description"]) > 20
