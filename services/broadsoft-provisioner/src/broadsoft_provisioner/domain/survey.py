"""What was read back from BroadWorks."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class EnterpriseSeen:
    """A service provider that is no enterprise cannot hold our groups."""

    name: str
    is_enterprise: bool = True


@dataclass(frozen=True, slots=True)
class GroupSeen:
    """Of a group only its name tells whether it is the one we want."""

    name: str


@dataclass(frozen=True, slots=True)
class NumberSeen:
    """A number of a group; `extension` is that of the user who has it, or empty."""

    activated: bool = False
    extension: str = ""


@dataclass(frozen=True, slots=True)
class UserSeen:
    """`number` is E.164, or empty for a user without one."""

    last_name: str
    first_name: str
    number: str = ""
    extension: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """Empty means: not there, or not asked. Numbers are E.164, domains lower case, other texts collapsed."""

    domains: Names = frozenset()
    enterprise: EnterpriseSeen | None = None
    enterprise_domains: Names = frozenset()
    enterprise_services: Names = frozenset()
    packs: Names = frozenset()
    free_numbers: Names = frozenset()
    group: GroupSeen | None = None
    group_domains: Names = frozenset()
    group_numbers: Mapping[str, NumberSeen] = field(default_factory=dict)
    extension_lengths: tuple[str, str, str] | None = None
    authorised: Names = frozenset()
    authorised_packs: Names = frozenset()
    assigned: Names = frozenset()
    users: Mapping[str, UserSeen] = field(default_factory=dict)
    user_services: Mapping[str, Names] = field(default_factory=dict)
    user_packs: Mapping[str, Names] = field(default_factory=dict)
