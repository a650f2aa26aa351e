"""The commands this BroadWorks understands, one module per noun."""

from broadworks_simulator.commands import (
    authorization_tables,
    authorizations,
    domains,
    group_numbers,
    group_services,
    groups,
    instances,
    logins,
    numbers,
    packs,
    providers,
    user_services,
    users,
    voice_portal,
)
from broadworks_simulator.commands.registry import Command

_MODULES = (
    logins,
    domains,
    providers,
    packs,
    authorizations,
    authorization_tables,
    groups,
    numbers,
    group_numbers,
    group_services,
    users,
    user_services,
    voice_portal,
    instances,
)

CATALOGUE: dict[str, Command] = {name: command for module in _MODULES for name, command in module.COMMANDS.items()}
