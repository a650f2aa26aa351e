"""How texts and lists are cut to their bounds, and how money is held to its own."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema
from pydantic_core.core_schema import CoreSchema


def beginning(text: str, length: int) -> str:
    """At most so many characters; the last of a longer text is an ellipsis."""
    return text if len(text) <= length else text[: length - 1] + "…"


@dataclass(frozen=True, slots=True)
class Cut:
    """Marks a text that is cut to `max_length` characters, one of them an ellipsis: to its beginning, or to its end.

    What is short enough, nearly always, never comes out of pydantic's own code: a function before each text would
    double what it costs to read it. The JSON Schema shows the bound only.
    """

    max_length: int
    keep_end: bool = False

    def __call__(self, text: Any) -> Any:
        """The text, or its part; what is no text is left to the next check."""
        if not isinstance(text, str) or len(text) <= self.max_length:
            return text
        return "…" + text[1 - self.max_length :] if self.keep_end else beginning(text, self.max_length)

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        bounded = core_schema.str_schema(max_length=self.max_length)
        return core_schema.union_schema(
            [bounded, core_schema.no_info_before_validator_function(self, bounded)],
            mode="left_to_right",
            serialization=core_schema.simple_ser_schema("str"),
        )

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(core_schema.str_schema(max_length=self.max_length))


@dataclass(frozen=True, slots=True)
class Exact:
    """Marks a decimal number of at most `max_digits` digits that is a string in JSON, as `spelt` writes it.

    There only its length is checked, since counting digits costs more than all else of a number.
    """

    max_digits: int

    @property
    def max_length(self) -> int:
        """Of the string: the digits with sign, leading nought, point and exponent."""
        return self.max_digits + len("-0.E+00")

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(max_length=self.max_length)
        return core_schema.json_or_python_schema(
            json_schema=core_schema.chain_schema([text, core_schema.decimal_schema()]),
            python_schema=core_schema.decimal_schema(max_digits=self.max_digits),
            serialization=core_schema.plain_serializer_function_ser_schema(
                spelt, return_schema=core_schema.str_schema(), when_used="json-unless-none"
            ),
        )

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(core_schema.str_schema(max_length=self.max_length))


def spelt(amount: Decimal) -> str:
    """The one text of an amount: two decimals or as many more as it needs, and never an exponent."""
    whole, _, decimals = f"{amount:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def digested(text: str, length: int) -> str:
    """At most so many characters, 33 at least: of a longer text its beginning, and a digest that tells it from others.

    For what strangers choose and an index must hold: PostgreSQL takes 2,704 bytes of a row.
    """
    if len(text) <= length:
        return text
    return f"{text[: length - 33]}…{hashlib.sha256(text.encode(errors='replace')).hexdigest()[:32]}"


def fewer(most: int, kept: int, told: Callable[[Sequence[Any]], Any]) -> Callable[[Any], Any]:
    """Cuts a list to `most` things: the first `kept`, then what `told` says of those left out, then the last ones.

    `told` gets things as they were given, objects of the model or what was read from JSON, and answers one of either.
    """

    def cut(value: Any) -> Any:
        if not isinstance(value, list | tuple) or len(value) <= most:
            return value
        rest = len(value) - (most - kept - 1)
        return [*value[:kept], told(value[kept:rest]), *value[rest:]]

    return cut


def share(lengths: Sequence[int], room: int) -> int:
    """The greatest length to which each may be cut, if it is longer, so that all together take at most `room`."""
    for place, length in enumerate(sorted(lengths)):
        each = room // (len(lengths) - place)
        if length > each:
            return each
        room -= length
    return max(lengths, default=0)
