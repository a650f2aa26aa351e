"""The whole system: finding things in it, by dict lookups, and knowing which of them changed."""

from dataclasses import dataclass, field

from broadworks_simulator.errors import (
    DOMAIN_NOT_FOUND,
    GROUP_NOT_FOUND,
    PROVIDER_NOT_FOUND,
    USER_EXISTS,
    USER_NOT_FOUND,
    Refusal,
)
from broadworks_simulator.state import Enterprise, Group, Instance, User

Part = tuple[str, str | None]
"""An enterprise id with a group id, or with None for the enterprise itself. ("", None) is the list of domains."""

DOMAINS: Part = ("", None)


@dataclass(frozen=True, slots=True)
class Home:
    enterprise_id: str
    group_id: str
    primary_id: str


@dataclass
class System:
    default_domain: str = "dialtone.example"
    domains: dict[str, str] = field(default_factory=dict)
    """Each domain, in lower case, with its spelling."""
    enterprises: dict[str, Enterprise] = field(default_factory=dict)
    homes: dict[str, Home] = field(default_factory=dict)
    """Where each user id lives, alternate ids and service users included: they are unique across the system."""
    numbers: dict[str, str] = field(default_factory=dict)
    """Each number of the system with its enterprise."""
    visited: set[Part] = field(default_factory=set)
    """What was looked up since the set was last cleared: after a change, it holds all that may have changed."""

    def __post_init__(self) -> None:
        self.domains.setdefault(self.default_domain.lower(), self.default_domain)

    def domain(self, name: str) -> str:
        known = self.domains.get(name.lower())
        if known is None:
            raise Refusal(DOMAIN_NOT_FOUND, name)
        return known

    def enterprise(self, enterprise_id: str) -> Enterprise:
        self.visited.add((enterprise_id, None))
        enterprise = self.enterprises.get(enterprise_id)
        if enterprise is None:
            raise Refusal(PROVIDER_NOT_FOUND, enterprise_id)
        return enterprise

    def group(self, enterprise_id: str, group_id: str) -> Group:
        self.visited.add((enterprise_id, group_id))
        enterprise = self.enterprises.get(enterprise_id)
        group = enterprise.groups.get(group_id) if enterprise else None
        if group is None:
            raise Refusal(GROUP_NOT_FOUND, enterprise_id, group_id)
        return group

    def user(self, user_id: str) -> tuple[Group, User]:
        home = self.homes.get(user_id)
        if home is not None:
            group = self.group(home.enterprise_id, home.group_id)
            user = group.users.get(home.primary_id)
            if user is not None:
                return group, user
        raise Refusal(USER_NOT_FOUND, user_id)

    def instance(self, user_id: str) -> tuple[Group, Instance]:
        home = self.homes.get(user_id)
        if home is not None:
            group = self.group(home.enterprise_id, home.group_id)
            instance = group.instances.get(home.primary_id)
            if instance is not None:
                return group, instance
        raise Refusal(USER_NOT_FOUND, user_id)

    def check_free(self, *user_ids: str) -> None:
        for user_id in user_ids:
            if user_id in self.homes:
                raise Refusal(USER_EXISTS, user_id)

    def settle(self, group: Group, user_id: str, *alternate_ids: str) -> None:
        """Note where a new user lives."""
        home = Home(group.enterprise_id, group.group_id, user_id)
        for known_as in (user_id, *alternate_ids):
            self.homes[known_as] = home

    def unsettle(self, *user_ids: str) -> None:
        for user_id in user_ids:
            self.homes.pop(user_id, None)

    def adopt(self, enterprise: Enterprise) -> None:
        """Take in an enterprise with everything it has."""
        self.enterprises[enterprise.enterprise_id] = enterprise
        self.numbers.update(dict.fromkeys(enterprise.numbers, enterprise.enterprise_id))
        for group in enterprise.groups.values():
            for user in group.users.values():
                self.settle(group, user.user_id, *user.alternate_ids)
            for instance in group.instances.values():
                self.settle(group, instance.user_id)

    def parts(self) -> set[Part]:
        """Everything there is."""
        groups = {
            (enterprise.enterprise_id, group_id)
            for enterprise in self.enterprises.values()
            for group_id in enterprise.groups
        }
        return {DOMAINS, *((enterprise_id, None) for enterprise_id in self.enterprises), *groups}

    def clear(self) -> None:
        """Back to an empty system."""
        self.domains = {self.default_domain.lower(): self.default_domain}
        for content in (self.enterprises, self.homes, self.numbers):
            content.clear()
