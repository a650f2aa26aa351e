"""The ledger: what was really done in BroadWorks for an order, effect by effect, with the undo of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Literal

from typing_extensions import TypedDict

from broadsoft_provisioner.domain.effects import Effect
from broadsoft_provisioner.domain.oci import from_json, to_json
from broadsoft_provisioner.domain.sequence import RANK
from contracts.broadsoft import ProvisionedUser

State = Literal["intended", "done", "undone", "found", "kept"]
LIVE: frozenset[State] = frozenset({"intended", "done"})


class EffectJson(TypedDict):
    """An effect as it is kept; a command is its name and its elements, see `oci.to_json`."""

    do: list[Any]
    undo: list[Any] | None
    inside: str
    package: str


@dataclass(frozen=True, slots=True)
class Entry:
    """`seq` is unique in an order, the key of its effect in a run.

    `found` turned out to be another's work; `kept` is ours, left because other orders rely on it.
    """

    order_id: str
    run: int
    seq: int
    effect: Effect
    state: State = "intended"

    @property
    def place(self) -> tuple[int, str]:
        """Unique in an order."""
        return self.run, self.effect.key

    @property
    def container(self) -> tuple[int, str]:
        """The place of the entry whose undo takes this one along."""
        return self.run, self.effect.inside


def intents(order_id: str, run: int, effects: Iterable[Effect], after: int = 0) -> tuple[Entry, ...]:
    """Entries not yet carried out, numbered on from `after`, the last `seq` of the order."""
    return tuple(Entry(order_id, run, seq, effect) for seq, effect in enumerate(effects, after + 1))


def takeable(entries: Iterable[Entry]) -> list[Entry]:
    """What an undo looks at. What was kept for others is tried again: they may have gone since."""
    return [entry for entry in entries if entry.state in LIVE or entry.state == "kept"]


def made_domains(entries: Iterable[Entry]) -> frozenset[str]:
    """Domains of the system that an undo may take back."""
    made = (entry for entry in takeable(entries) if entry.effect.do.name == "SystemDomainAddRequest")
    return frozenset(entry.effect.do.text("domain").lower() for entry in made)


def undo_order(entries: Iterable[Entry]) -> list[Entry]:
    """Users before numbers before groups before enterprises; within a rank the last done first."""
    ranked = [(RANK[entry.effect.undo.name], -entry.seq, entry) for entry in entries if entry.effect.undo]
    return [entry for _, _, entry in sorted(ranked, key=itemgetter(0, 1))]


def users(entries: Iterable[Entry]) -> tuple[ProvisionedUser, ...]:
    """The users that the order's live entries have made."""
    return tuple(
        ProvisionedUser(
            user_id=entry.effect.do.text("userId"),
            package=entry.effect.package,
            extension=entry.effect.do.text("extension"),
            number=entry.effect.do.text("phoneNumber") or None,
        )
        for entry in entries
        if entry.effect.do.name == "UserAddRequest22V2" and entry.state in LIVE
    )


def effect_json(effect: Effect) -> EffectJson:
    """For the column of the ledger; the key has a column of its own. Read back by `effect_of`."""
    return {
        "do": to_json(effect.do),
        "undo": to_json(effect.undo) if effect.undo else None,
        "inside": effect.inside,
        "package": effect.package,
    }


def effect_of(key: str, data: EffectJson) -> Effect:
    """Raises KeyError for what `effect_json` did not write."""
    undo = from_json(data["undo"]) if data["undo"] else None
    return Effect(key, from_json(data["do"]), undo, data["inside"], data["package"])
