"""What a reader of one JSON Schema refuses of what a writer of another may send.

Readers ignore unknown fields, whatever `additionalProperties: false` tells producers, so an added optional field harms
nobody. Whatever else the reader's schema says, the writer's must say too: the check may be too strict with a keyword
that it has no rule for, but is never silently blind.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]
Refused = list[tuple[str, str]]  # path and sentence
Above = frozenset[tuple[int, int]]
NOTES = {"title", "description", "examples", "deprecated", "$schema", "$id", "$comment", "discriminator"}
SHAPE = {"$defs", "type", "const", "default", "x-topic"}
SHAPE |= {"properties", "required", "additionalProperties", "items", "prefixItems"}
# A bound is a pair (value, excluded) of which the larger is the tighter; upper bounds are turned round.
LOWER = (("minLength",), ("minItems",), ("minProperties",), ("minimum", "exclusiveMinimum"))
UPPER = (("maxLength",), ("maxItems",), ("maxProperties",), ("maximum", "exclusiveMaximum"))
LIMITS = (*((words, 1) for words in LOWER), *((words, -1) for words in UPPER))
RULED = {*NOTES, *SHAPE, *(word for words, _ in LIMITS for word in words)}
INFINITE = float("inf")


@dataclass(frozen=True, slots=True)
class Pair:
    """A reader and a writer, and what the sentences call them."""

    reader: Schema
    writer: Schema
    who_reads: str
    who_writes: str

    def refusals(self) -> Refused:
        """JSON pointers of fields with a sentence each; a field that breaks in several ways is there several times."""
        looks, sends = self.reader.get("x-topic"), self.writer.get("x-topic")
        moved = [("", f"{self.who_writes} sends to {sends}, {self.who_reads} looks in {looks}")]
        return (moved if looks != sends else []) + self._refused(self.reader, self.writer, "", frozenset())

    def _refused(self, reader: Any, writer: Any, path: str, above: Above) -> Refused:
        """Every form the writer may send needs one form that the reader takes. `above` ends recursive models."""
        pair = (id(reader), id(writer))
        if pair in above:
            return []
        takes = list(_forms(reader, self.reader))
        found: Refused = []
        for sent in _forms(writer, self.writer):
            answers = [self._refused_by(taken, sent, path, above | {pair}) for taken in takes]
            near = [answer for answer in answers if answer is not None]
            all_taken = " or ".join(map(_said, takes)) or "nothing"
            strange = [(path, f"{self.who_writes} may send {_said(sent)}, {self.who_reads} takes {all_taken}")]
            nearest: Refused = min(near, key=len) if near else strange
            found += nearest
        return found

    def _refused_by(self, taken: Schema, sent: Schema, path: str, above: Above) -> Refused | None:
        """The reasons why one form refuses another; None when they are different kinds of things."""
        if "const" in taken:
            return [] if "const" in sent and _same(taken["const"], sent["const"]) else None
        if "const" in sent:
            sent = _form_of(sent["const"], taken)
        kinds = {sent.get("type"), "number"} if sent.get("type") == "integer" else {sent.get("type")}
        if "type" in taken and taken["type"] not in kinds:
            return None
        found = [(path, sentence) for sentence in self._limits(taken, sent)]
        if taken.get("type") == "object":
            found += self._objects(taken, sent, path, above)
        if taken.get("type") == "array":
            found += self._arrays(taken, sent, path, above)
        return found

    def _limits(self, taken: Schema, sent: Schema) -> Iterator[str]:
        for words, sign in LIMITS:
            if _bound(taken, words, sign) > _bound(sent, words, sign):
                yield f"{self.who_reads} wants {_quoted(taken, words)}, {self.who_writes} has {_quoted(sent, words)}"
        for word in sorted(taken.keys() - RULED):
            elsewhere = "$ref" in json.dumps(taken[word]) and self.reader["$defs"] != self.writer["$defs"]
            if taken[word] != sent.get(word) or elsewhere:
                yield f"{self.who_reads} wants {_quoted(taken, [word])}, {self.who_writes} has {_quoted(sent, [word])}"

    def _objects(self, taken: Schema, sent: Schema, path: str, above: Above) -> Refused:
        found: Refused = []
        for name in sorted(set(taken.get("required", ())) - set(sent.get("required", ()))):
            habit = "may leave it out" if name in sent.get("properties", {}) else "does not send it"
            found.append((f"{path}/{name}", f"{self.who_reads} requires it, {self.who_writes} {habit}"))
        reads, writes = taken.get("properties", {}), sent.get("properties", {})
        others_read, others_written = taken.get("additionalProperties", True), sent.get("additionalProperties", True)
        others_read = others_read or True  # closed is for producers: a reader ignores what it does not know
        for name in sorted(reads.keys() | writes.keys()):
            read, written = reads.get(name, others_read), writes.get(name, others_written)
            found += self._refused(read, written, f"{path}/{name}", above)
        return found + self._refused(others_read, others_written, f"{path}/*", above)

    def _arrays(self, taken: Schema, sent: Schema, path: str, above: Above) -> Refused:
        reads, writes = taken.get("prefixItems", []), sent.get("prefixItems", [])
        rest_read, rest_written = taken.get("items", True), sent.get("items", True)
        places = max(len(reads), len(writes))
        found: Refused = []
        for place in range(places):
            read = reads[place] if place < len(reads) else rest_read
            written = writes[place] if place < len(writes) else rest_written
            found += self._refused(read, written, f"{path}/{place}", above)
        if sent.get("maxItems", INFINITE) > places:
            found += self._refused(rest_read, rest_written, f"{path}/*", above)
        return found


def _forms(node: Any, document: Schema) -> Iterator[Schema]:
    """The node as a choice of plain nodes: references followed, unions and enums spread out."""
    if isinstance(node, bool):
        yield from [{}] if node else []
        return
    if "$ref" in node:
        target = document["$defs"][node["$ref"].removeprefix("#/$defs/")]
        yield from _forms({**target, **{word: part for word, part in node.items() if word != "$ref"}}, document)
        return
    for word, keyword in (("anyOf", None), ("oneOf", None), ("enum", "const"), ("type", "type")):
        if isinstance(node.get(word), list):
            rest = {name: part for name, part in node.items() if name != word}
            for part in node[word]:
                yield from _forms({**rest, keyword: part} if keyword else {**rest, **part}, document)
            return
    yield node


def _form_of(value: Any, taken: Schema) -> Schema:
    """The narrowest form with this one value in it, so that limits can be compared."""
    if isinstance(value, str):
        fits = "pattern" in taken and re.search(taken["pattern"], value)
        promise = {"pattern": taken["pattern"]} if fits else {}
        return {"type": "string", "minLength": len(value), "maxLength": len(value), **promise}
    if isinstance(value, bool) or value is None:
        return {"type": "null" if value is None else "boolean"}
    return {"type": "integer" if isinstance(value, int) else "number", "minimum": value, "maximum": value}


def _bound(node: Schema, words: Sequence[str], sign: int) -> tuple[float, bool]:
    """How tight a limit is: larger is tighter."""
    bounds = [(sign * node[word], word.startswith("exclusive")) for word in words if word in node]
    return max(bounds, default=(-INFINITE, False))


def _same(one: Any, other: Any) -> bool:
    return json.dumps(one) == json.dumps(other)  # as JSON, true is not 1


def _quoted(node: Schema, words: Sequence[str]) -> str:
    said = [f"{word} {json.dumps(node[word])}" for word in words if word in node]
    return " and ".join(said) or f"no {words[0]}"


def _said(node: Schema) -> str:
    if "const" in node:
        return json.dumps(node["const"])
    return str(node.get("type", "anything")) + (f" ({node['format']})" if "format" in node else "")
