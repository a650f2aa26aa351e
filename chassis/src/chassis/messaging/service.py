"""A service: the topics it listens to and its handlers, registered by message type."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from chassis.messaging.incoming import Incoming, Record
from chassis.messaging.unit import Unit
from chassis.runtime.database import Connection
from contracts.message import Command, Message, Reply
from contracts.topics import Topic

M = TypeVar("M", bound=Message)
One = Callable[[M, Unit], Awaitable[Reply | None]]
Many = Callable[[Sequence[M], Unit], Awaitable[Sequence[Reply | None]]]
Outside = Callable[[M], Awaitable[Reply]]
Raw = Callable[[Sequence[Record], Unit], Awaitable[None]]
Judge = Callable[[Incoming], str]
Lock = Callable[[Sequence[Message], Connection], Awaitable[None]]


@dataclass(frozen=True, slots=True, eq=False)
class Handler:
    """`outside` handlers talk to the world, outside of any transaction, and must be idempotent by themselves."""

    name: str
    many: Callable[[Sequence[Any], Unit], Awaitable[Sequence[Reply | None]]] | None = None
    outside: Callable[[Any], Awaitable[Reply]] | None = None


class Service:
    """`on` takes a handler of one message, `on_batch` of many (in order), `outside` one that does I/O of its own.

    `judge` says what is wrong with a message as far as only this service knows, "" for nothing: it is then unreadable.
    `lock` is called in each transaction with all messages that it will handle, before the first handler: so a batch for
    many handlers takes its locks in the one order, as a batch for one does.
    """

    def __init__(
        self, name: str, listens_to: Iterable[Topic], judge: Judge = lambda _: "", lock: Lock | None = None
    ) -> None:
        self.name, self.judge, self.lock = name, judge, lock
        self.listens_to = tuple(listens_to)
        self.handlers: dict[type[Message], Handler] = {}
        self.raw: dict[str, Raw] = {}

    @property
    def works_outside(self) -> bool:
        """Has it handlers that do?"""
        return any(handler.outside for handler in self.handlers.values())

    @property
    def answers(self) -> bool:
        """Does a saga wait for it?"""
        return any(issubclass(kind, Command) for kind in self.handlers)

    def on(self, kind: type[M]) -> Callable[[One[M]], One[M]]:
        """Registers a handler of one message. Raises TypeError when the kind has a handler already."""

        def register(handle: One[M]) -> One[M]:
            async def many(messages: Sequence[M], unit: Unit) -> Sequence[Reply | None]:
                return [await handle(message, unit) for message in messages]

            self._add((kind,), Handler(handle.__name__, many=many))
            return handle

        return register

    def on_batch(self, *kinds: type[M]) -> Callable[[Many[M]], Many[M]]:
        """Registers a handler of many messages, which answers them in their order. Raises TypeError as `on`."""

        def register(handle: Many[M]) -> Many[M]:
            self._add(kinds, Handler(handle.__name__, many=handle))
            return handle

        return register

    def outside(self, kind: type[M]) -> Callable[[Outside[M]], Outside[M]]:
        """Registers a handler that works outside of any transaction, see `outside`. Raises TypeError as `on`."""

        def register(handle: Outside[M]) -> Outside[M]:
            self._add((kind,), Handler(handle.__name__, outside=handle))
            return handle

        return register

    def on_raw(self, topic: Topic) -> Callable[[Raw], Raw]:
        """A handler of records as they are (dead letters keep bytes that nobody could read)."""

        def register(handle: Raw) -> Raw:
            self.raw[topic.name] = handle
            return handle

        return register

    def check(self, commands: Iterable[type[Message]]) -> None:
        """Raises TypeError when a command of our topic has no handler: better no start than a lost order."""
        missing = [kind.__name__ for kind in commands if kind not in self.handlers]
        if missing:
            raise TypeError(f"{self.name} has no handler for {', '.join(missing)}")

    def _add(self, kinds: Iterable[type[Message]], handler: Handler) -> None:
        for kind in kinds:
            if kind in self.handlers:
                raise TypeError(f"{self.name} has two handlers for {kind.__name__}")
            self.handlers[kind] = handler
