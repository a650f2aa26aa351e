"""Is a changed message compatible with its released versions?

BACKWARD: today's reader takes what an old writer sends. FORWARD: an old reader takes what today's writer sends. FULL:
both. A default changes nothing on the wire.
"""

from dataclasses import dataclass
from typing import Any, Literal

from contracts.refusals import NOTES, Pair, Schema

Rule = Literal["BACKWARD", "FORWARD"]
Level = Literal["BACKWARD", "FORWARD", "FULL"]
RULES: dict[Level, tuple[Rule, ...]] = {
    "BACKWARD": ("BACKWARD",),
    "FORWARD": ("FORWARD",),
    "FULL": ("BACKWARD", "FORWARD"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason why a change is not compatible; `path` is the JSON pointer of the field in the message."""

    path: str
    rule: Rule
    sentence: str

    def __str__(self) -> str:
        return f"{self.path or '/'}: {self.sentence} ({self.rule})"


def compare(old: Schema, new: Schema, level: Level = "FULL", version: str = "the old version") -> list[Finding]:
    """What breaks at `level` when `old` becomes `new`; empty when nothing does.

    `version` is what the findings call the old schema.
    """
    found = []
    for rule in RULES[level]:
        if rule == "BACKWARD":
            pair = Pair(new, old, "today's reader", f"a writer of {version}")
        else:
            pair = Pair(old, new, f"a reader of {version}", "today's writer")
        found += [Finding(path, rule, sentence) for path, sentence in pair.refusals()]
    return found


def shape(schema: Any) -> Any:
    """The schema without what only people read: two schemas of one shape are one version."""
    if isinstance(schema, list):
        return [shape(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {}
    for word, part in schema.items():
        if word in {"properties", "$defs"}:
            kept[word] = {name: shape(node) for name, node in part.items()}
        elif word not in NOTES:
            kept[word] = part if word in {"default", "const", "enum"} else shape(part)
    return kept
