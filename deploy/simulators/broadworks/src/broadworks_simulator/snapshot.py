"""Everything the system holds, as the admin API shows it."""

from typing import Any

from broadworks_simulator.simulator import Simulator
from broadworks_simulator.state import Enterprise, Group, Instance, Quantity, User

Json = dict[str, Any]


def of_simulator(simulator: Simulator) -> Json:
    system = simulator.system
    return {
        "domains": list(system.domains.values()),
        "enterprises": {name: of_enterprise(enterprise) for name, enterprise in system.enterprises.items()},
        "sessions": len(simulator.sessions),
        "commands": dict(simulator.commands),
    }


def of_enterprise(enterprise: Enterprise) -> Json:
    return {
        "name": enterprise.name,
        "isEnterprise": enterprise.is_enterprise,
        "defaultDomain": enterprise.default_domain,
        "domains": enterprise.domains,
        "numbers": sorted(enterprise.numbers),
        "services": {
            "group": _quantities(enterprise.group_authorizations),
            "user": _quantities(enterprise.user_authorizations),
        },
        "packs": {
            name: {"quantity": _quantity(pack.quantity), "services": pack.services}
            for name, pack in enterprise.packs.items()
        },
        "groups": {name: of_group(group) for name, group in enterprise.groups.items()},
    }


def of_group(group: Group) -> Json:
    length = group.extension_length
    return {
        "name": group.name,
        "timeZone": group.time_zone,
        "defaultDomain": group.default_domain,
        "userLimit": group.user_limit,
        "callingLineIdPhoneNumber": group.calling_number,
        "contact": group.contact,
        "address": group.address,
        "domains": group.domains,
        "numbers": {
            number: {"activated": entry.activated, "user": entry.user} for number, entry in group.numbers.items()
        },
        "services": group.services,
        "authorizations": {
            "group": _quantities(group.group_authorizations),
            "user": _quantities(group.user_authorizations),
            "packs": _quantities(group.pack_authorizations),
        },
        "extensionLength": {"min": length.least, "max": length.most, "default": length.default},
        "users": {user_id: of_user(user) for user_id, user in group.users.items()},
        "instances": {user_id: of_instance(instance) for user_id, instance in group.instances.items()},
    }


def of_user(user: User) -> Json:
    return {
        "firstName": user.first_name,
        "lastName": user.last_name,
        "phoneNumber": user.phone_number,
        "extension": user.extension,
        "timeZone": user.time_zone,
        "services": user.services,
        "packs": user.packs,
    }


def of_instance(instance: Instance) -> Json:
    return {
        "kind": instance.kind,
        "name": instance.name,
        "phoneNumber": instance.phone_number,
        "extension": instance.extension,
        "active": instance.active,
        "type": instance.variant,
        "policy": instance.policy,
        "agents": instance.agents,
    }


def _quantity(quantity: Quantity) -> int | str:
    return "unlimited" if quantity is None else quantity


def _quantities(granted: dict[str, Quantity]) -> dict[str, int | str]:
    return {name: _quantity(quantity) for name, quantity in granted.items()}
