"""The registry, and what holds for every message in it."""

from typing import ClassVar

import pytest
from pydantic import ValidationError

from contracts import topics
from contracts.message import Command, Event, Fact, Message, OrderMessage, Refusal, Reply, Value
from contracts.schemas import level_of
from contracts.vocabulary import MESSAGES, MODULES

COMMAND_TOPICS = {topic.name for topic in topics.ALL if topic.name.endswith(".commands")}
FACT_TOPICS = {topic.name for topic in topics.ALL if topic.compacted}
EVENT_TOPICS = {topic.name for topic in topics.ALL if topic.name.endswith((".events", ".rejections", "dead-letters"))}


@pytest.mark.parametrize("ce_type", MESSAGES)
def test_a_type_names_owner_message_and_major_version(ce_type: str):
    model = MESSAGES[ce_type]
    assert ce_type == model.ce_type == f"dialtone.{model.owner}.{model.__name__}.v{model.version}"


@pytest.mark.parametrize("ce_type", MESSAGES)
def test_a_message_goes_to_the_topic_of_its_kind(ce_type: str):
    model = MESSAGES[ce_type]
    if issubclass(model, Command):
        assert model.topic in COMMAND_TOPICS
    elif issubclass(model, Reply):
        assert model.topic == "orders.replies"
    elif issubclass(model, Event):
        assert model.topic in EVENT_TOPICS
    elif issubclass(model, Fact):
        assert model.topic in FACT_TOPICS
    else:
        assert model.topic == "orders.submissions"


@pytest.mark.parametrize("ce_type", MESSAGES)
def test_only_events_may_change_without_asking_old_writers(ce_type: str):
    assert level_of(MESSAGES[ce_type]) == ("FORWARD" if issubclass(MESSAGES[ce_type], Event) else "FULL")


def test_every_topic_has_a_message():
    assert {model.topic for model in MESSAGES.values()} == topics.BY_NAME.keys()


def test_every_message_of_every_module_is_registered():
    declared = {
        thing
        for module in MODULES
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Message) and thing.__module__ == module.__name__
    }
    assert declared == set(MESSAGES.values())


def test_the_commands_of_a_module_are_all_its_commands():
    for module in MODULES:
        declared = {model for model in MESSAGES.values() if model.__module__ == module.__name__}
        commands = {model for model in declared if issubclass(model, Command)}
        assert set(getattr(module, "COMMANDS", ())) == commands


@pytest.mark.parametrize("ce_type", MESSAGES)
def test_a_message_is_about_an_order_or_a_fact_about_something_else(ce_type: str):
    assert issubclass(MESSAGES[ce_type], OrderMessage) != issubclass(MESSAGES[ce_type], Fact)


def test_a_topic_of_facts_has_one_writer_and_keeps_the_last_of_each_key_for_ever():
    assert {"partners.keys", "catalog.packages"} == FACT_TOPICS
    for name in FACT_TOPICS:
        assert (topics.BY_NAME[name].retention, len(topics.BY_NAME[name].writers)) == (None, 1)
        kinds = [model for model in MESSAGES.values() if model.topic == name]
        assert len(kinds) == 1  # two of one key would push each other out
        assert issubclass(kinds[0], Fact)


def test_a_refusal_is_a_reply_that_is_not_ok():
    refusals = [model for model in MESSAGES.values() if issubclass(model, Refusal)]
    assert refusals
    assert not any(model.ok for model in refusals)


def test_two_messages_of_one_name_are_refused():
    with pytest.raises(TypeError, match=r"two messages are called dialtone\.numbers\.ReserveNumbers\.v1"):

        class ReserveNumbers(Command):
            owner: ClassVar[str] = "numbers"


def test_a_message_with_an_unknown_field_is_not_built_but_is_read():
    model = MESSAGES["dialtone.numbers.ReleaseNumbers.v1"]
    with pytest.raises(ValidationError, match="extra_forbidden"):
        model.model_validate({"order_id": "order-1", "run": 1, "colour": "red"})
    read = model.parse(b'{"order_id": "order-1", "run": 1, "colour": "red"}')
    assert read == model.model_validate({"order_id": "order-1", "run": 1})


@pytest.mark.parametrize("ce_type", MESSAGES)
def test_a_command_and_its_reply_always_name_the_run(ce_type: str):
    run = MESSAGES[ce_type].model_fields.get("run")
    inside = issubclass(MESSAGES[ce_type], Command | Reply)
    assert (run is not None and run.is_required()) or not inside


def test_every_part_of_a_message_says_what_it_is():
    parts = [thing for module in MODULES for thing in vars(module).values() if isinstance(thing, type)]
    assert [part.__name__ for part in parts if issubclass(part, Value) and not part.__dict__.get("__doc__")] == []


def test_records_of_an_order_share_a_key_and_an_inbox_row_outlives_its_record():
    assert len(topics.BY_NAME) == len(topics.ALL)
    assert all(topic.retention < topics.INBOX_RETENTION for topic in topics.ALL if topic.retention)
