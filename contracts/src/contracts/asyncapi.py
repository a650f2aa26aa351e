"""The AsyncAPI 3 document: channels, messages and operations, all from `topics`, the registry and the envelope."""

from collections.abc import Mapping
from typing import Any

from contracts.bounds import MESSAGE_ID
from contracts.envelope import CONTENT_TYPE, HEADERS_REQUIRED
from contracts.golden import Golden
from contracts.message import Command, Message, Reply
from contracts.topics import ALL, DEAD_LETTERS, ORDERS_REPLIES, Topic
from contracts.vocabulary import MESSAGES

Document = dict[str, Any]
VERSION = "0.2.0"
BINDING = "0.5.0"
# Whose vocabulary a message is; every participant answers with the words of `saga`.
SERVICES = {
    "orders": "order-intake",
    "catalog": "catalog",
    "numbers": "did-inventory",
    "broadsoft": "broadsoft-provisioner",
    "tickets": "ticketing",
    "partners": "order-intake",
}
TRACEPARENT = "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"


def asyncapi(goldens: Mapping[str, Golden]) -> Document:
    """The whole document (AsyncAPI 3.1.0, Kafka bindings 0.5.0).

    `goldens` are the examples, by CloudEvents type; a message without one has no example.
    """
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": "Dialtone",
            "version": VERSION,
            "description": "Every message between the services of Dialtone, and in from and out to portals: "
            "CloudEvents 1.0 in Kafka binary mode with a W3C traceparent. Payload schemas are closed for producers; "
            "readers ignore unknown fields.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {topic.name: _channel(topic) for topic in ALL},
        "operations": {name: operation for topic in ALL for name, operation in _operations(topic)},
        "components": {
            "messages": {ce_type: _message(model, goldens.get(ce_type)) for ce_type, model in _all_messages()},
            "schemas": {"key": KEY, **HEADERS},
        },
    }


def carried(topic: Topic) -> list[str]:
    """The CloudEvents types on a topic, sorted. Any message may become a dead letter."""
    return [ce_type for ce_type, model in _all_messages() if topic is DEAD_LETTERS or model.topic == topic.name]


def sent(topic: Topic, service: str) -> list[str]:
    """The CloudEvents types that one of its writers sends to a topic.

    Where several services write, each sends its own vocabulary and what all share: that of the saga and of messaging.

    Messages of other topics, which are here as dead letters, come from any writer.
    """
    if len(topic.writers) == 1:
        return carried(topic)
    models = [MESSAGES[ce_type] for ce_type in carried(topic)]
    shared = [model for model in models if model.topic != topic.name or model.owner not in SERVICES]
    own = [model for model in models if model.topic == topic.name and SERVICES.get(model.owner) == service]
    return sorted(model.ce_type for model in shared + own)


def _all_messages() -> list[tuple[str, type[Message]]]:
    return sorted(MESSAGES.items())


def _channel(topic: Topic) -> Document:
    retention = -1 if topic.retention is None else int(topic.retention.total_seconds() * 1000)
    channel = {
        "address": topic.name,
        "messages": {ce_type: {"$ref": f"#/components/messages/{ce_type}"} for ce_type in carried(topic)},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": ["compact" if topic.compacted else "delete"],
                    "retention.ms": retention,
                    "max.message.bytes": topic.max_message_bytes,
                },
                "bindingVersion": BINDING,
            }
        },
    }
    if topic is DEAD_LETTERS:
        channel["description"] = (
            "A message that nobody could handle: key, value and headers as they came, with the reason in further "
            "headers. A record that is no message of ours at all may lie here too."
        )
    return channel


def _operations(topic: Topic) -> list[tuple[str, Document]]:
    sends = [(f"{service}.sends.{topic.name}", _operation("send", topic, service)) for service in topic.writers]
    receives = [
        (f"{service}.receives.{topic.name}", _operation("receive", topic, service)) for service in topic.readers
    ]
    return sends + receives


def _operation(action: str, topic: Topic, service: str) -> Document:
    types = sent(topic, service) if action == "send" else carried(topic)
    operation: Document = {
        "action": action,
        "summary": f"{service} {action}s {topic.name}",
        "channel": _channel_ref(topic),
        "tags": [{"name": service}],
        "messages": _message_refs(topic, types),
    }
    if action == "receive" and topic.name.endswith(".commands"):
        replies = _message_refs(ORDERS_REPLIES, sent(ORDERS_REPLIES, service))
        operation["reply"] = {"channel": _channel_ref(ORDERS_REPLIES), "messages": replies}
    return operation


def _channel_ref(topic: Topic) -> Document:
    return {"$ref": f"#/channels/{topic.name}"}


def _message_refs(topic: Topic, types: list[str]) -> list[Document]:
    return [{"$ref": f"#/channels/{topic.name}/messages/{ce_type}"} for ce_type in types]


def _message(model: type[Message], golden: Golden | None) -> Document:
    message: Document = {
        "name": model.ce_type,
        "title": model.__name__,
        "contentType": CONTENT_TYPE,
        "headers": headers_of(model),
        "payload": {"$ref": f"./{model.ce_type}.json"},
        "bindings": {"kafka": {"key": {"$ref": "#/components/schemas/key"}, "bindingVersion": BINDING}},
    }
    if model.__doc__:
        message["description"] = " ".join(model.__doc__.split())
    if golden is not None:
        message["examples"] = [{"name": "golden", "headers": golden.headers, "payload": golden.data}]
    return message


def headers_of(model: type[Message]) -> Document:
    """The JSON Schema of the record headers, as one object of texts.

    Portals need only what CloudEvents requires and their signature; our own services always set more.
    """
    if model.topic == "orders.submissions":
        base = "submission"
    elif issubclass(model, Reply):
        base = "reply"
    else:
        base = "step" if issubclass(model, Command) else "published"
    ours = {"type": "object", "properties": {"ce_type": {"const": model.ce_type}}}
    return {"allOf": [{"$ref": f"#/components/schemas/{base}"}, ours]}


def _text(description: str, **more: Any) -> Document:
    return {"type": "string", "description": description, **more}


def _requires(base: str, *names: str) -> Document:
    return {"allOf": [{"$ref": f"#/components/schemas/{base}"}, {"type": "object", "required": list(names)}]}


KEY = _text("The order id, or the id of what a fact is about: what is said under one key stays in order.")
CLOUD_EVENT: Document = {
    "type": "object",
    "required": list(HEADERS_REQUIRED),
    "properties": {
        "ce_id": _text("The idempotency key.", minLength=1, maxLength=MESSAGE_ID),
        "ce_source": _text("Who sends it.", minLength=1),
        "ce_type": _text("What it is; ends in the major version.", minLength=1),
        "ce_specversion": {"const": "1.0"},
        "ce_time": _text("When it was written.", format="date-time"),
        "ce_subject": _text("The record key."),
        "ce_partitionkey": _text("The record key."),
        "ce_causationid": _text("The ce_id of the message that caused this one: for a reply, its command."),
        "ce_sagaid": _text("The run of the order, as order id, colon, run."),
        "ce_step": _text("The step of the saga, in words."),
        "ce_direction": _text("What the command wants of the step.", enum=["do", "undo", "ask"]),
        "traceparent": _text("W3C Trace Context.", pattern=TRACEPARENT),
        "content-type": {"const": CONTENT_TYPE},
    },
}
PUBLISHED = _requires("cloudEvent", "ce_time", "ce_subject", "ce_partitionkey", "content-type")
STEP = _requires("published", "ce_sagaid", "ce_step", "ce_direction")
REPLY = _requires("step", "ce_causationid")
SUBMISSION: Document = {
    "allOf": [
        {"$ref": "#/components/schemas/cloudEvent"},
        {
            "type": "object",
            "required": ["partnerkey", "signature"],
            "properties": {
                "partnerkey": _text("The id of the partner's API key: its middle part.", minLength=1),
                "signature": _text(
                    "t= the unix seconds of signing, and v1= the hex HMAC-SHA256 of ce_id, t, the record key and the "
                    "record value as they are sent, with full stops between; its key is the SHA-256, as hex text, of "
                    "'signing:' and the API key's last part. One of each, and t within the days that are allowed.",
                    pattern="^t=[1-9][0-9]{0,11},v1=[0-9a-f]{64}$",
                ),
            },
        },
    ]
}
HEADERS = {
    "cloudEvent": CLOUD_EVENT,
    "submission": SUBMISSION,
    "published": PUBLISHED,
    "step": STEP,
    "reply": REPLY,
}
