"""An independent witness for the whole compatibility check: a JSON Schema validator and many values."""

import itertools
from decimal import Decimal
from typing import Annotated, Any, Literal

from jsonschema import Draft202012Validator
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from contracts.compatibility import compare

CLOSED = ConfigDict(extra="forbid")


class Place(BaseModel):
    model_config = CLOSED
    city: str
    zip: str = ""


class PlaceWithState(Place):
    state: str


class Tree(BaseModel):
    model_config = CLOSED
    name: str
    children: "tuple[Tree, ...]" = ()


class TallTree(BaseModel):
    model_config = CLOSED
    name: Annotated[str, Field(min_length=3)]
    children: "tuple[TallTree, ...]" = ()


TYPES: list[Any] = [
    *(str, int, float, bool, None, Any, Decimal, Place, PlaceWithState, Tree, TallTree),
    *(str | None, int | str, list[int], list[int | None], set[int], dict[str, int], dict[str, str], tuple[int, str]),
    *(Literal["x"], Literal["x", "y"], Literal["x", 1], Literal[True], Place | None, Place | list[int]),
    *(Annotated[str, Field(min_length=2)], Annotated[str, Field(max_length=1)], Annotated[str, Field(pattern="^x")]),
    *(Annotated[int, Field(ge=1, le=5)], Annotated[float, Field(gt=0, lt=5)], Annotated[int, Field(multiple_of=2)]),
]
VALUES: list[Any] = [
    *("", "x", "y", "xy", "long text", "1", 0, 1, 2, 5, 6, -1, 0.5, 4.5, 5.0, True, False, None),
    *([], [1], [1, 1], [None], [1, "x"], ["x", 1], {}, {"k": 1}, {"k": "v"}, {"city": "Newark"}),
    *({"city": 1}, {"city": "Newark", "zip": "07102", "state": "NJ"}, {"name": "x"}, {"name": "oak"}),
    *({"name": "oak", "children": [{"name": "x"}]}, {"name": "oak", "children": [{"name": "elm"}]}),
]


def ignoring_unknown_fields(schema: Any) -> Any:
    if isinstance(schema, list):
        return [ignoring_unknown_fields(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = schema.get("additionalProperties") is False
    return {
        word: ignoring_unknown_fields(part)
        for word, part in schema.items()
        if not (closed and word == "additionalProperties")
    }


def test_the_check_finds_something_exactly_where_some_value_is_refused():
    schemas = [TypeAdapter(kind).json_schema(mode="serialization") for kind in TYPES]
    writers = [[value for value in VALUES if Draft202012Validator(schema).is_valid(value)] for schema in schemas]
    readers = [Draft202012Validator(ignoring_unknown_fields(schema)) for schema in schemas]
    passed, useless = 0, []
    for old, new in itertools.product(range(len(TYPES)), repeat=2):
        refused = [value for value in writers[old] if not readers[new].is_valid(value)]
        if compare(schemas[old], schemas[new], "BACKWARD"):
            useless += [] if refused else [(TYPES[old], TYPES[new])]
        else:
            passed += 1
            assert refused == [], (TYPES[old], TYPES[new])
    assert passed > 2 * len(TYPES)
    assert useless == [], "findings without a value that proves them"
