"""The base of every message and the registry that maps a CloudEvents type to its model."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

Direction = Literal["do", "undo", "ask"]


# A telephone number as it travels: E.164, North America.
E164 = Annotated[str, Field(pattern=r"^\+1[2-9][0-9]{9}$")]
Count = Annotated[int, Field(ge=0)]
Quantity = Annotated[int, Field(ge=1)]


class Value(BaseModel):
    """A part of a message: closed when we build it, open when we read it.

    Building with an unknown field is an error, so what we produce is exactly its schema; `Message.parse` ignores
    unknown fields, so a newer producer does not break an older reader.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")


class Message(Value):
    """One kind of message. `owner` names the service whose vocabulary it is, `version` its major version."""

    owner: ClassVar[str] = ""
    version: ClassVar[int] = 1
    topic: ClassVar[str] = ""
    ce_type: ClassVar[str] = ""

    order_id: str

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if cls.owner:
            cls.ce_type = f"dialtone.{cls.owner}.{cls.__name__}.v{cls.version}"
            other = MESSAGES.setdefault(cls.ce_type, cls)
            if (other.__module__, other.__qualname__) != (cls.__module__, cls.__qualname__):
                raise TypeError(f"two messages are called {cls.ce_type}")

    @classmethod
    def parse(cls, data: bytes | str) -> "Message":
        """Read the wire form. Raises pydantic.ValidationError."""
        return cls.model_validate_json(data, extra="ignore")

    def encode(self) -> bytes:
        return self.__pydantic_serializer__.to_json(self)


class Command(Message):
    """Asks the owner of the topic to do, undo or report something for one run of an order.

    `run` counts the runs of the order (a replay starts a new one), so a command of an old run never acts on a new one.
    """

    run: int = Field(ge=1)


class Reply(Message):
    """Answers a command; goes to `orders.replies`. `ok` tells success from refusal."""

    topic: ClassVar[str] = "orders.replies"
    ok: ClassVar[bool] = True
    run: int = Field(ge=1)


class Refusal(Reply):
    """A typed business "no". `reason` is one sentence for people; subclasses add the facts."""

    ok: ClassVar[bool] = False
    code: str
    reason: str


class Event(Message):
    """Something that happened, for the world."""


MESSAGES: dict[str, type[Message]] = {}
