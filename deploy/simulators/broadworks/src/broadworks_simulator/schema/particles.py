"""Complex types: declared sequences, read in their declared order or refused."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from broadworks_simulator.schema.fields import Fields, Value
from broadworks_simulator.schema.kinds import Invalid, Kind
from broadworks_simulator.xmltree import XSI_NIL, XSI_TYPE, Node, local

UNBOUNDED = sys.maxsize


@dataclass(frozen=True, slots=True)
class Element:
    name: str
    kind: "Type"
    least: int = 1
    most: int = 1
    nillable: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    @property
    def required(self) -> bool:
        return self.least > 0

    def take(self, children: list[Node], at: int, values: dict[str, list[Value]]) -> int:
        """Read what is at this place, as often as it may come; the next place."""
        values[self.name] = found = [self._read(children[at])]
        at += 1
        if self.most > 1:
            while at < len(children) and len(found) < self.most and children[at].tag == self.name:
                found.append(self._read(children[at]))
                at += 1
        return at

    def _read(self, node: Node) -> Value:
        if node.attrib and node.get(XSI_NIL) in ("true", "1"):
            if not self.nillable:
                raise Invalid(f"element '{self.name}' is not nillable")
            return None
        if isinstance(self.kind, Sequence | Abstract | Opaque):
            return self.kind.read(node)
        if len(node):
            raise Invalid(f"element '{self.name}' takes no child elements")
        try:
            return self.kind(node.text or "")
        except Invalid as error:
            raise Invalid(f"{error} in element '{self.name}'") from None


@dataclass(frozen=True, slots=True)
class Choice:
    """Exactly one of its elements; at most one when not required."""

    options: tuple[Element, ...]
    required: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(option.name for option in self.options)

    def take(self, children: list[Node], at: int, values: dict[str, list[Value]]) -> int:
        option = next(option for option in self.options if option.name == children[at].tag)
        return option.take(children, at, values)


Particle = Element | Choice


class Sequence:
    """Its particles with the names each may begin with, worked out once: this is where requests spend their time."""

    def __init__(self, particles: tuple[Particle, ...]) -> None:
        self._steps = [(particle.names, particle.required, particle) for particle in particles]

    def read(self, node: Node) -> Fields:
        children = list(node)
        tags = [child.tag for child in children]
        tags.append("the end")
        values: dict[str, list[Value]] = {}
        at = 0
        for names, required, particle in self._steps:
            if tags[at] in names:
                at = particle.take(children, at, values)
            elif required:
                wanted = "' or '".join(names)
                raise Invalid(f"expected element '{wanted}' instead of '{tags[at]}' in '{node.tag}'")
        if at < len(children):
            raise Invalid(f"element '{tags[at]}' is not expected here in '{node.tag}'")
        return Fields(values)


@dataclass(frozen=True, slots=True)
class Abstract:
    """A type that cannot be sent itself: xsi:type names one of its concrete forms."""

    forms: Mapping[str, Sequence]

    def read(self, node: Node) -> Fields:
        form = local(node.get(XSI_TYPE, ""))
        if form not in self.forms:
            raise Invalid(f"Invalid xsi:type qname: '{form}' in element '{node.tag}'")
        return self.forms[form].read(node)


@dataclass(frozen=True, slots=True)
class Opaque:
    """A structure the simulator accepts as it comes and does not keep."""

    def read(self, node: Node) -> Fields:
        del node
        return Fields({})


OPAQUE = Opaque()
Type = Kind | Sequence | Abstract | Opaque


def sequence(*particles: Particle) -> Sequence:
    return Sequence(particles)


def one(name: str, kind: Type) -> Element:
    return Element(name, kind)


def optional(name: str, kind: Type, *, nillable: bool = False) -> Element:
    return Element(name, kind, least=0, nillable=nillable)


def many(name: str, kind: Type, least: int = 0, most: int = UNBOUNDED) -> Element:
    return Element(name, kind, least, most)


def either(*options: Element, required: bool = True) -> Choice:
    return Choice(options, required)
