"""Golden messages hold both sides: what our writers produce, and what readers of any version accept."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from contracts.folder import Folder
from contracts.generate import HOME
from contracts.golden import Golden
from contracts.message import Fact
from contracts.schemas import schema_of
from contracts.vocabulary import MESSAGES

GOLDENS = Folder(HOME).goldens()
RELEASES = Folder(HOME).releases()
EVERY = [pytest.param(golden, id=f"{t}/{n}") for t, numbered in GOLDENS.items() for n, golden in numbered.items()]
TODAY = [pytest.param(numbered[max(numbered)], id=ce_type) for ce_type, numbered in GOLDENS.items()]


def opened(schema: Any) -> Any:
    """The schema as a reader takes it: unknown fields are ignored, at any depth."""
    if isinstance(schema, dict):
        return {w: opened(part) for w, part in schema.items() if (w, part) != ("additionalProperties", False)}
    return [opened(part) for part in schema] if isinstance(schema, list) else schema


def with_unknown_fields(data: Any) -> Any:
    if isinstance(data, dict):
        return {"unknown": {"to": ["today"]}, **{name: with_unknown_fields(part) for name, part in data.items()}}
    return [with_unknown_fields(part) for part in data] if isinstance(data, list) else data


def faults(schema: Any, data: Any) -> list[str]:
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    return [error.message for error in validator.iter_errors(data)]


def test_every_message_has_a_golden_one_for_each_version():
    assert GOLDENS.keys() == MESSAGES.keys()
    for ce_type, numbered in GOLDENS.items():
        assert list(numbered) == list(range(1, len(numbered) + 1))
        assert RELEASES.get(ce_type, {}).keys() <= numbered.keys()


@pytest.mark.parametrize("golden", EVERY)
def test_todays_code_reads_the_golden_message_of_every_version(golden: Golden):
    assert golden.message().key == golden.key
    assert golden.envelope().type == golden.headers["ce_type"]


@pytest.mark.parametrize("golden", TODAY)
def test_todays_code_writes_todays_golden_message(golden: Golden):
    assert json.loads(golden.message().encode()) == golden.data
    assert golden.envelope().headers() == golden.headers


@pytest.mark.parametrize("golden", TODAY)
def test_a_golden_message_is_read_the_same_with_unknown_fields_everywhere(golden: Golden):
    newer = Golden(golden.key, {**golden.headers, "ce_unknown": "1"}, with_unknown_fields(golden.data))
    assert newer.message() == golden.message()
    assert newer.envelope().extra == {**golden.envelope().extra, "ce_unknown": "1"}


@pytest.mark.parametrize("golden", TODAY)
def test_todays_golden_message_keeps_to_the_generated_schema(golden: Golden):
    assert faults(schema_of(MESSAGES[golden.headers["ce_type"]]), golden.data) == []


@pytest.mark.parametrize("golden", TODAY)
def test_readers_of_every_released_version_accept_todays_golden_message(golden: Golden):
    released = RELEASES.get(golden.headers["ce_type"], {})
    assert [faults(opened(schema), golden.data) for schema in released.values()] == [[] for _ in released]


def test_the_golden_message_of_a_released_version_keeps_to_that_version():
    for ce_type, released in RELEASES.items():
        for number, schema in released.items():
            assert faults(schema, GOLDENS[ce_type][number].data) == []


@pytest.mark.parametrize("golden", EVERY)
def test_the_key_of_a_golden_record_is_the_order_id_or_what_the_fact_is_about(golden: Golden):
    message = golden.message()
    assert golden.key == golden.headers["ce_partitionkey"] == message.key
    assert isinstance(message, Fact) or message.key == golden.data["order_id"]


def test_golden_messages_show_numbers_of_fiction_only():
    text = json.dumps([golden.data for numbered in GOLDENS.values() for golden in numbered.values()])
    shown = [text[start : start + 12] for start in range(len(text)) if text.startswith("+1", start)]
    assert shown
    assert all(number[5:10] == "55501" for number in shown)
