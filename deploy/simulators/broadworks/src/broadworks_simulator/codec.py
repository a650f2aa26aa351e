"""Parts of the system as JSON values, and back."""

from dataclasses import asdict, replace
from typing import Any

from broadworks_simulator.state import Enterprise, ExtensionLength, Group, Instance, Number, Pack, User
from broadworks_simulator.system import DOMAINS, Part, System

Json = dict[str, Any]


def encode(system: System, part: Part) -> Json | None:
    """The part alone, an enterprise without its groups; None when it is no more."""
    if part == DOMAINS:
        return dict(system.domains)
    enterprise_id, group_id = part
    enterprise = system.enterprises.get(enterprise_id)
    if enterprise is None:
        return None
    if group_id is None:
        return asdict(replace(enterprise, groups={}))
    group = enterprise.groups.get(group_id)
    return None if group is None else asdict(group)


def decode_enterprise(value: Json) -> Enterprise:
    packs = {name: Pack(**pack) for name, pack in value["packs"].items()}
    return Enterprise(**{**value, "packs": packs, "groups": {}})


def decode_group(value: Json) -> Group:
    parts = {
        "numbers": {number: Number(**entry) for number, entry in value["numbers"].items()},
        "extension_length": ExtensionLength(**value["extension_length"]),
        "users": {user_id: User(**user) for user_id, user in value["users"].items()},
        "instances": {user_id: Instance(**instance) for user_id, instance in value["instances"].items()},
    }
    return Group(**{**value, **parts})
