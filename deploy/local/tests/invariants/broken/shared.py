"""What breaks invariant 2: shared things that stay for nobody, or are gone."""

from dialtone.invariants.broadworks import Pack
from dialtone.invariants.snapshot import Snapshot

from ..changes import Break, Change, drop, group, use
from ..made import an_effect
from ..world import ADD_PACK


def leave_a_pack(at: Snapshot) -> None:
    at.effects.append(an_effect("fallen", 9, "pack Power User", "undone", ADD_PACK, group_id=None))
    at.broadworks.enterprises["sp-1"].packs["Power User"] = Pack()


def kept(command: str, group_id: str | None = None) -> Change:
    effect = an_effect("fallen", 9, "it", "kept", command, group_id=group_id)
    return lambda at: at.effects.append(effect)


def relies_on(resource: str) -> Change:
    return lambda at: use(at, "hosted", resource)


LEFT_PACK = "pack Power User of fallen (held) is left in BroadWorks and no living order uses it"
LEFT = "it of fallen (held) is left in BroadWorks and no living order uses it"
OF_ENTERPRISE = "ServiceProviderServiceModifyAuthorizationListRequest"
OF_GROUP = "GroupServiceModifyAuthorizationListRequest"
NOT_THERE = (
    "domain:other.example",
    "enterprise:sp-9",
    "group:sp-1:g-9",
    "pack:sp-1:Power User",
    "domain:sp-1:other.example",
    "groupServiceAuthorization:sp-1:Auto Attendant",
    "userServiceAuthorization:sp-1:Privacy",
    "domain:sp-1:g-hosted:other.example",
    "serviceName:sp-1:g-hosted:Auto Attendant",
    "servicePackAuthorization:sp-1:g-hosted:Power User",
    "groupServiceAuthorization:sp-1:g-hosted:Auto Attendant",
    "userServiceAuthorization:sp-1:g-hosted:Privacy",
    "pack:sp-9:Power User",
    "serviceName:sp-1:g-9:Auto Attendant",
    "domain:sp-1:g-9:customer.example",
)
BREAKS = [
    Break("2", LEFT_PACK, leave_a_pack),
    Break("2", LEFT_PACK, lambda at: (leave_a_pack(at), use(at, "fallen", "pack:sp-1:Power User"))),
    Break(
        "2",
        "domain of fallen (held) is left in BroadWorks and no living order uses it",
        lambda at: drop(at.uses, resource="domain:customer.example"),
    ),
    Break("2", LEFT, kept(OF_ENTERPRISE)),
    Break("2", LEFT, kept(OF_GROUP, "g-hosted")),
    Break("2", LEFT, kept("GroupServiceAssignListRequest", "g-hosted")),
    Break("2", LEFT, kept("GroupDomainAssignListRequest", "g-hosted")),
    *(Break("2", f"hosted relies on what is gone from BroadWorks: {one}", relies_on(one)) for one in NOT_THERE),
    Break(
        "2",
        "hosted relies on what is gone from BroadWorks: domain:customer.example",
        lambda at: at.broadworks.domains.clear(),
    ),
    Break(
        "2",
        "hosted relies on what is gone from BroadWorks: pack:sp-1:Enterprise Standard",
        lambda at: at.broadworks.enterprises["sp-1"].packs.clear(),
    ),
    Break(
        "2",
        "hosted relies on what is gone from BroadWorks: serviceName:sp-1:g-hosted:Call Pickup",
        lambda at: (use(at, "hosted", "serviceName:sp-1:g-hosted:Call Pickup"), group(at).services.append("Privacy")),
    ),
]
