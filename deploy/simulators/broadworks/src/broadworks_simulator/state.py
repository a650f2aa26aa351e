"""What a BroadWorks remembers, as plain data."""

from dataclasses import dataclass, field

Quantity = int | None
"""None is unlimited."""


@dataclass(slots=True)
class Number:
    activated: bool = False
    user: str | None = None


@dataclass(slots=True)
class ExtensionLength:
    least: int = 4
    most: int = 4
    default: int = 4
    use_enterprise: bool = False


@dataclass(slots=True)
class Pack:
    name: str
    description: str | None
    available: bool
    quantity: Quantity
    services: list[str]


@dataclass(slots=True)
class User:
    user_id: str
    last_name: str
    first_name: str
    phone_number: str | None = None
    extension: str | None = None
    time_zone: str | None = None
    details: dict[str, str] = field(default_factory=dict)
    address: dict[str, str] = field(default_factory=dict)
    aliases: list[str] = field(default_factory=list)
    alternate_ids: list[str] = field(default_factory=list)
    services: list[str] = field(default_factory=list)
    packs: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Instance:
    """An auto attendant, hunt group, call center or voice portal: a user that is a service."""

    kind: str
    user_id: str
    name: str
    phone_number: str | None = None
    extension: str | None = None
    active: bool = True
    variant: str | None = None
    policy: str | None = None
    video: bool = False
    agents: list[str] = field(default_factory=list)
    details: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Group:
    enterprise_id: str
    group_id: str
    default_domain: str
    user_limit: int
    time_zone: str
    name: str | None = None
    details: dict[str, str] = field(default_factory=dict)
    calling_number: str | None = None
    contact: dict[str, str] = field(default_factory=dict)
    address: dict[str, str] = field(default_factory=dict)
    domains: list[str] = field(default_factory=list)
    numbers: dict[str, Number] = field(default_factory=dict)
    services: list[str] = field(default_factory=list)
    group_authorizations: dict[str, Quantity] = field(default_factory=dict)
    user_authorizations: dict[str, Quantity] = field(default_factory=dict)
    pack_authorizations: dict[str, Quantity] = field(default_factory=dict)
    extension_length: ExtensionLength = field(default_factory=ExtensionLength)
    extensions: dict[str, str] = field(default_factory=dict)
    """Each extension with the user or service user that has it."""
    users: dict[str, User] = field(default_factory=dict)
    instances: dict[str, Instance] = field(default_factory=dict)


@dataclass(slots=True)
class Enterprise:
    """A service provider, in the words of the interface."""

    enterprise_id: str
    is_enterprise: bool
    default_domain: str
    name: str | None = None
    support_email: str | None = None
    contact: dict[str, str] = field(default_factory=dict)
    address: dict[str, str] = field(default_factory=dict)
    domains: list[str] = field(default_factory=list)
    numbers: dict[str, str | None] = field(default_factory=dict)
    """Each number with the group that has it."""
    group_authorizations: dict[str, Quantity] = field(default_factory=dict)
    user_authorizations: dict[str, Quantity] = field(default_factory=dict)
    packs: dict[str, Pack] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
