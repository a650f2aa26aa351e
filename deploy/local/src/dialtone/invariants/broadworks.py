"""What BroadWorks holds, as the simulator's `GET /admin/state` tells it."""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Part(BaseModel):
    """What is told beyond these fields is left out."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class User(Part):
    """The simulator tells of no devices and no voice mail yet."""

    phone_number: str | None = None
    services: list[str] = Field(default_factory=list)
    packs: list[str] = Field(default_factory=list)
    devices: list[str] = Field(default_factory=list)
    voice_mail: bool = False


class Instance(Part):
    """An auto attendant, a hunt group, a call center or a voice portal."""

    kind: str


class Authorizations(Part):
    """The keys are names; how many are allowed does not matter here."""

    group: dict[str, int | str] = Field(default_factory=dict)
    user: dict[str, int | str] = Field(default_factory=dict)
    packs: dict[str, int | str] = Field(default_factory=dict)


class GroupNumber(Part):
    user: str | None = None


class Group(Part):
    domains: list[str] = Field(default_factory=list)
    numbers: dict[str, GroupNumber] = Field(default_factory=dict)
    services: list[str] = Field(default_factory=list)
    authorizations: Authorizations = Field(default_factory=Authorizations)
    users: dict[str, User] = Field(default_factory=dict)
    instances: dict[str, Instance] = Field(default_factory=dict)


class Pack(Part):
    services: list[str] = Field(default_factory=list)


class Enterprise(Part):
    """`numbers` are all of them, those of its groups as well."""

    domains: list[str] = Field(default_factory=list)
    numbers: list[str] = Field(default_factory=list)
    services: Authorizations = Field(default_factory=Authorizations)
    packs: dict[str, Pack] = Field(default_factory=dict)
    groups: dict[str, Group] = Field(default_factory=dict)


class BroadWorks(Part):
    domains: list[str] = Field(default_factory=list)
    enterprises: dict[str, Enterprise] = Field(default_factory=dict)

    def group(self, service_provider_id: str | None, group_id: str | None) -> Group | None:
        """None when there is none: a group id is unique in its enterprise only."""
        enterprise = self.enterprises.get(service_provider_id or "")
        return enterprise.groups.get(group_id or "") if enterprise else None

    def groups(self) -> Iterator[tuple[str, str, Group]]:
        """Each with the ids of its enterprise and its own."""
        for provider, enterprise in self.enterprises.items():
            for group_id, group in enterprise.groups.items():
                yield provider, group_id, group
