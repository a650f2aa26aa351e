"""What a finding says, which rules a level asks for, and what the check does with keywords it has no rule for."""

import copy
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, create_model

from contracts.compatibility import RULES, Finding, compare, shape
from contracts.schemas import WireSchema

CLOSED = ConfigDict(extra="forbid")
Fields = dict[str, Any]


def schema_with(fields: Fields) -> dict[str, Any]:
    """What pydantic emits for a message with these fields."""
    model = create_model("Sample", __config__=CLOSED, **fields)
    return model.model_json_schema(mode="serialization", schema_generator=WireSchema)


class Place(BaseModel):
    model_config = CLOSED
    city: str
    zip: str = ""


class PlaceWithState(Place):
    state: str


def rules(findings: list[Finding]) -> set[str]:
    return {finding.rule for finding in findings}


@pytest.mark.parametrize("level", RULES)
def test_a_level_asks_only_for_its_rules(level: Any):
    old, new = schema_with({"a": (str, ...)}), schema_with({"a": (int, ...)})
    assert rules(compare(old, new, level)) == set(RULES[level])


def test_a_finding_names_field_rule_and_both_sides():
    old, new = schema_with({"a": (list[Place], ())}), schema_with({"a": (list[PlaceWithState], ())})
    (finding,) = compare(old, new, version="version 3")
    assert str(finding) == "/a/*/state: today's reader requires it, a writer of version 3 does not send it (BACKWARD)"


def test_each_place_where_a_shared_part_breaks_is_named():
    old = schema_with({"a": (Place, ...), "b": (Place, ...)})
    new = schema_with({"a": (PlaceWithState, ...), "b": (PlaceWithState, ...)})
    assert [finding.path for finding in compare(old, new)] == ["/a/state", "/b/state"]


def test_a_message_that_moves_to_another_topic_breaks_both_ways():
    old, new = {"x-topic": "orders.events"}, {"x-topic": "numbers.events"}
    found = compare(old, new)
    assert rules(found) == {"BACKWARD", "FORWARD"}
    assert "looks in numbers.events" in found[0].sentence


def test_a_keyword_without_a_rule_is_never_silently_passed():
    old = {"type": "object", "properties": {"a": {"type": "string"}}}
    new = {"type": "object", "properties": {"a": {"type": "string", "contentEncoding": "base64"}}}
    assert rules(compare(old, new)) == {"BACKWARD"}


def test_a_reference_inside_a_keyword_without_a_rule_is_followed_by_its_definitions():
    def schema(kind: str) -> dict[str, Any]:
        return {"$defs": {"A": {"type": kind}}, "patternProperties": {"^x": {"$ref": "#/$defs/A"}}}

    assert compare(schema("string"), schema("string")) == []
    assert rules(compare(schema("string"), schema("integer"))) == {"BACKWARD", "FORWARD"}


def test_a_new_optional_field_of_an_open_writer_may_already_mean_something_else():
    old = {"type": "object", "properties": {}}
    new = {"type": "object", "properties": {"a": {"type": "string"}}}
    assert rules(compare(old, new)) == {"BACKWARD"}


def test_fields_called_like_keywords_are_compared_as_fields():
    old = schema_with({"required": (bool, ...), "title": (str, ...), "properties": (str, "")})
    new = schema_with({"required": (bool, ...), "title": (int, ...), "properties": (str, "")})
    assert [finding.path for finding in compare(old, new)] == ["/title", "/title"]
    assert shape(old) != shape(new)


def test_words_for_people_are_no_part_of_the_shape():
    schema = schema_with({"a": (Place, ...)})
    described = copy.deepcopy(schema)
    described["$defs"]["Place"]["description"] = "Where it is."
    assert shape(described) == shape(schema)
    assert compare(schema, described) == []
