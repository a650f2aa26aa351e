"""Every rule of the compatibility check, read forwards and backwards."""

from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, create_model

from contracts.compatibility import compare
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


class Tree(BaseModel):
    model_config = CLOSED
    name: str
    children: "tuple[Tree, ...]" = ()


class TallTree(BaseModel):
    model_config = CLOSED
    name: Annotated[str, Field(min_length=3)]
    children: "tuple[TallTree, ...]" = ()


def short(length: int) -> Any:
    return Annotated[str, Field(max_length=length)]


# What changes from old to new: (old fields, new fields, rules broken); read backwards, the rules change places.
NOTHING: Fields = {}
CHANGES: dict[str, tuple[Fields, Fields, set[str]]] = {
    "an optional field is added": (NOTHING, {"a": (str, "")}, set()),
    "a nullable field with a default is added": (NOTHING, {"a": (str | None, None)}, set()),
    "a required field is added": (NOTHING, {"a": (str, ...)}, {"BACKWARD"}),
    "a required nullable field is added": (NOTHING, {"a": (str | None, ...)}, {"BACKWARD"}),
    "an optional field becomes required": ({"a": (str, "")}, {"a": (str, ...)}, {"BACKWARD"}),
    "a required field is renamed": ({"a": (str, ...)}, {"b": (str, ...)}, {"BACKWARD", "FORWARD"}),
    "an optional field is renamed": ({"a": (str, "")}, {"b": (str, "")}, set()),
    "a default changes": ({"a": (int, 1)}, {"a": (int, 2)}, set()),
    "the type changes": ({"a": (str, ...)}, {"a": (int, ...)}, {"BACKWARD", "FORWARD"}),
    "integer widens to number": ({"a": (int, ...)}, {"a": (float, ...)}, {"FORWARD"}),
    "money becomes a number": ({"a": (Decimal, ...)}, {"a": (float, ...)}, {"BACKWARD", "FORWARD"}),
    "null becomes possible": ({"a": (str, ...)}, {"a": (str | None, ...)}, {"FORWARD"}),
    "another type becomes possible": ({"a": (str, ...)}, {"a": (str | int, ...)}, {"FORWARD"}),
    "anything becomes possible": ({"a": (str, ...)}, {"a": (Any, ...)}, {"FORWARD"}),
    "an enum gains a value": ({"a": (Literal["x"], ...)}, {"a": (Literal["x", "y"], ...)}, {"FORWARD"}),
    "an enum is put in another order": ({"a": (Literal["x", "y"], ...)}, {"a": (Literal["y", "x"], ...)}, set()),
    "an enum value is replaced": ({"a": (Literal["x"], ...)}, {"a": (Literal["y"], ...)}, {"BACKWARD", "FORWARD"}),
    "an enum becomes free text": ({"a": (Literal["x", "y"], ...)}, {"a": (str, ...)}, {"FORWARD"}),
    "an enum becomes text that is long enough": ({"a": (Literal["x"], ...)}, {"a": (short(1), ...)}, {"FORWARD"}),
    "an enum becomes text that is too short": (
        {"a": (Literal["long"], ...)},
        {"a": (short(2), ...)},
        {"BACKWARD", "FORWARD"},
    ),
    "an enum becomes text of its pattern": (
        {"a": (Literal["x"], ...)},
        {"a": (Annotated[str, Field(pattern="^[xy]$")], ...)},
        {"FORWARD"},
    ),
    "an enum becomes nullable": ({"a": (Literal["x"], ...)}, {"a": (Literal["x"] | None, ...)}, {"FORWARD"}),
    "text gets longer": ({"a": (short(10), ...)}, {"a": (short(20), ...)}, {"FORWARD"}),
    "text loses its limit": ({"a": (short(10), ...)}, {"a": (str, ...)}, {"FORWARD"}),
    "nullable text gets longer": ({"a": (short(10) | None, ...)}, {"a": (short(20) | None, ...)}, {"FORWARD"}),
    "a minimum falls": (
        {"a": (Annotated[int, Field(ge=1)], ...)},
        {"a": (Annotated[int, Field(ge=0)], ...)},
        {"FORWARD"},
    ),
    "a maximum disappears": ({"a": (Annotated[int, Field(le=9)], ...)}, {"a": (int, ...)}, {"FORWARD"}),
    "an excluded bound is included": (
        {"a": (Annotated[float, Field(gt=1, lt=2)], ...)},
        {"a": (Annotated[float, Field(ge=1, le=2)], ...)},
        {"FORWARD"},
    ),
    "a step disappears": ({"a": (Annotated[int, Field(multiple_of=5)], ...)}, {"a": (int, ...)}, {"FORWARD"}),
    "a pattern disappears": ({"a": (Annotated[str, Field(pattern="^x")], ...)}, {"a": (str, ...)}, {"FORWARD"}),
    "a pattern changes": (
        {"a": (Annotated[str, Field(pattern="^x")], ...)},
        {"a": (Annotated[str, Field(pattern="^y")], ...)},
        {"BACKWARD", "FORWARD"},
    ),
    "a list gets longer": (
        {"a": (Annotated[list[int], Field(max_length=2)], ...)},
        {"a": (Annotated[list[int], Field(max_length=3)], ...)},
        {"FORWARD"},
    ),
    "a list may be empty": (
        {"a": (Annotated[list[int], Field(min_length=1)], ...)},
        {"a": (list[int], ...)},
        {"FORWARD"},
    ),
    "the things in a bounded list widen": (
        {"a": (Annotated[list[int], Field(max_length=2)], ...)},
        {"a": (Annotated[list[int | None], Field(max_length=2)], ...)},
        {"FORWARD"},
    ),
    "a narrower choice is added beside a wider one": (
        {"a": (Place, ...)},
        {"a": (PlaceWithState | Place, ...)},
        set(),
    ),
    "the things in a list widen": ({"a": (list[int], ...)}, {"a": (list[int | None], ...)}, {"FORWARD"}),
    "a list becomes a set": ({"a": (list[int], ...)}, {"a": (set[int], ...)}, {"BACKWARD"}),
    "a pair widens in its second place": (
        {"a": (tuple[int, str], ...)},
        {"a": (tuple[int, str | None], ...)},
        {"FORWARD"},
    ),
    "a pair becomes a list": ({"a": (tuple[int, int], ...)}, {"a": (list[int], ...)}, {"FORWARD"}),
    "a nested required field is added": ({"a": (Place, ...)}, {"a": (PlaceWithState, ...)}, {"BACKWARD"}),
    "a nested required field is added in a list": (
        {"a": (list[Place], ...)},
        {"a": (list[PlaceWithState], ...)},
        {"BACKWARD"},
    ),
    "a nested required field is added under null": (
        {"a": (Place | None, None)},
        {"a": (PlaceWithState | None, None)},
        {"BACKWARD"},
    ),
    "a limit falls inside a recursive model": ({"a": (TallTree, ...)}, {"a": (Tree, ...)}, {"FORWARD"}),
    "the values of a map widen": ({"a": (dict[str, int], ...)}, {"a": (dict[str, int | str], ...)}, {"FORWARD"}),
    "an object becomes a map": ({"a": (Place, ...)}, {"a": (dict[str, str], ...)}, {"FORWARD"}),
    "a flag becomes a number": ({"a": (Literal[True], ...)}, {"a": (Literal[1], ...)}, {"BACKWARD", "FORWARD"}),
    "the keys of a map are free": (
        {"a": (dict[Annotated[str, Field(min_length=2)], int], ...)},
        {"a": (dict[str, int], ...)},
        {"FORWARD"},
    ),
}
SWAPPED = {"BACKWARD": "FORWARD", "FORWARD": "BACKWARD"}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_breaks_exactly_the_rules_of_the_table(change: str):
    old, new, broken = CHANGES[change]
    assert {finding.rule for finding in compare(schema_with(old), schema_with(new))} == broken


@pytest.mark.parametrize("change", CHANGES)
def test_the_opposite_change_breaks_the_opposite_rules(change: str):
    old, new, broken = CHANGES[change]
    swapped = {SWAPPED[rule] for rule in broken}
    assert {finding.rule for finding in compare(schema_with(new), schema_with(old))} == swapped


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_is_found_where_nothing_changes(change: str):
    for fields in CHANGES[change][:2]:
        assert compare(schema_with(fields), schema_with(fields)) == []
