"""The JSON Schema of every message, as it goes over the wire, and its stable text."""

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from contracts.compatibility import Level
from contracts.message import Event, Message
from contracts.vocabulary import MESSAGES

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"


class WireSchema(GenerateJsonSchema):
    """Fields have no titles: pydantic would only repeat their names."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def schema_of(model: type[Message]) -> Schema:
    """What a producer may write: closed, and money is a string. Readers ignore fields that are not in it.

    `x-topic` names the topic, since a message that moves breaks its readers as well.
    """
    return {
        "$schema": DIALECT,
        "$id": f"{model.ce_type}.json",
        "x-topic": model.topic,
        **_sorted(model.model_json_schema(mode="serialization", schema_generator=WireSchema)),
    }


def schemas() -> dict[str, Schema]:
    """File name to schema, one file per message."""
    return {f"{ce_type}.json": schema_of(model) for ce_type, model in sorted(MESSAGES.items())}


def level_of(model: type[Message]) -> Level:
    """How far a message may change.

    Commands, replies and submissions wait in topics, retries and dead letters while either end is deployed, and facts
    stay for ever; events are read by people we do not deploy.
    """
    return "FORWARD" if issubclass(model, Event) else "FULL"


def render(document: Schema) -> str:
    """The text of a committed file: the same document gives the same bytes, whatever order it was put together in."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _sorted(schema: Any) -> Any:
    """The order in which fields are declared is no part of the contract; enums keep theirs, it is for people."""
    if isinstance(schema, dict):
        return {name: _sorted_part(name, part) for name, part in schema.items()}
    if isinstance(schema, list):
        return [_sorted(part) for part in schema]
    return schema


def _sorted_part(name: str, part: Any) -> Any:
    names = name == "required" and isinstance(part, list)  # a field may be called "required" too
    return sorted(part) if names else _sorted(part)
