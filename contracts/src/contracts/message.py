"""The base of every message and the registry that maps a CloudEvents type to its model."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic_core import SchemaSerializer

from contracts.bounds import Code, Identifier, Instant, Quantity, Sentence


class Value(BaseModel):
    """A part of a message: closed when we build it, open when we read it.

    Building with an unknown field is an error, so what we produce is exactly its schema; `Message.parse` ignores
    unknown fields, so a newer producer does not break an older reader.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")


class Message(Value):
    """One kind of message. `owner` names the service whose vocabulary it is, `version` its major version.

    A class with an `owner` is registered in `MESSAGES` under its CloudEvents type; TypeError when another class has
    that type.
    """

    owner: ClassVar[str] = ""
    version: ClassVar[int] = 1
    topic: ClassVar[str] = ""
    ce_type: ClassVar[str] = ""
    writer: ClassVar[SchemaSerializer]

    @property
    def key(self) -> str:
        """The record key: what is said under one key stays in order."""
        raise NotImplementedError

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls.writer = TypeAdapter(cls).serializer
        if cls.owner:
            cls.ce_type = f"dialtone.{cls.owner}.{cls.__name__}.v{cls.version}"
            other = MESSAGES.setdefault(cls.ce_type, cls)
            if (other.__module__, other.__qualname__) != (cls.__module__, cls.__qualname__):
                raise TypeError(f"two messages are called {cls.ce_type}")

    @classmethod
    def parse(cls, data: bytes | str) -> "Message":
        """Read the wire form, UTF-8 JSON; fields that are unknown, at any depth, are ignored.

        Raises pydantic.ValidationError.
        """
        return cls.model_validate_json(data, extra="ignore")

    def encode(self) -> bytes:
        """The wire form: UTF-8 JSON without blanks, decimals as strings, every field, defaults and nulls too."""
        return self.writer.to_json(self)


class OrderMessage(Message):
    """About one order, and keyed by it; what comes from portals has whatever key they chose."""

    order_id: Identifier

    @property
    def key(self) -> str:
        return self.order_id


class Command(OrderMessage):
    """Asks the owner of the topic to do, undo or report something for one run of an order.

    `run` counts the runs of the order from 1 (a replay starts a new one), so a command of an old run never acts on a
    new one.
    """

    run: Quantity


class Reply(OrderMessage):
    """Answers a command, and names its run; goes to `orders.replies`. `ok` is False for a refusal and for a failure."""

    topic: ClassVar[str] = "orders.replies"
    ok: ClassVar[bool] = True
    run: Quantity


class Refusal(Reply):
    """A typed business "no". `code` is stable, `reason` one sentence for people; subclasses add the facts."""

    ok: ClassVar[bool] = False
    code: Code
    reason: Sentence


class Event(OrderMessage):
    """Something that happened, for the world. It has no reply, and readers that we do not deploy."""


class Fact(Message):
    """What is true of one thing that several services need, on a compacted topic, keyed by the id of the thing.

    The newest by `changed_at` wins, whatever order they come in: a fact that is said again changes nothing. That a
    thing is revoked or withdrawn is a fact too; nothing is ever deleted.
    """

    changed_at: Instant


# By CloudEvents type; `contracts.vocabulary` fills it.
MESSAGES: dict[str, type[Message]] = {}
