"""Partners for operators: new ones with their first key, where their rejections go, enterprises of before us."""

from typing import Annotated
from uuid import uuid4

from aiokafka.errors import KafkaError
from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from chassis.http.access import Auditor, Operator, Work
from chassis.http.bodies import RequestBody
from chassis.http.problems import Problem
from chassis.http.routes import make_router
from contracts.echo import quoted
from contracts.names import ExactName, SeenText, TypedName
from contracts.partners import PARTNER_HAS, Scope
from contracts.topics import BY_NAME
from order_intake.api.answers import Adopted
from order_intake.api.dead_letters import Why
from order_intake.api.dependencies import BrokerTopics
from order_intake.application import keys
from order_intake.application.adoption import NameTaken, adopt
from order_intake.application.giving import NotToGive, at_most
from order_intake.application.replaying import Act
from order_intake.application.topics import Topics
from order_intake.domain.names import LONGEST
from order_intake.store import actions, partners
from order_intake.store.partners import PartnerRow

router = make_router("operations")


def fits_broadworks(text: str) -> str:
    """Counted in bytes, as BroadWorks does."""
    if (size := len(text.encode())) > LONGEST:
        detail = "it has {size} bytes; BroadWorks takes {most}"
        raise PydanticCustomError("too-long", detail, {"size": size, "most": LONGEST})
    return text


ServiceProviderId = Annotated[ExactName, AfterValidator(fits_broadworks)]


class NewPartner(RequestBody):
    """A partner is known by its name. `scopes` are those of its first key."""

    name: TypedName = Field(min_length=1, max_length=80, examples=["Northwind Voice"])
    scopes: frozenset[Scope] = PARTNER_HAS
    why: SeenText = Field(default="new partner", min_length=1, max_length=500)


class ExistingEnterprise(RequestBody):
    """An enterprise that BroadWorks has already, known by its service provider id."""

    name: TypedName = Field(min_length=1, max_length=80, examples=["Lakeside Veterinary"])
    service_provider_id: ServiceProviderId = Field(min_length=1, max_length=LONGEST, examples=["LAKESIDE"])


TOPIC = r"^_?[a-zA-Z0-9.-][a-zA-Z0-9._-]{0,247}$"  # those with two underscores are the broker's own


class RejectionsTopic(Why):
    """A topic of the broker that this partner alone may read; null for the shared one."""

    topic: Annotated[str, Field(pattern=TOPIC)] | None = Field(
        examples=["northwind.rejections"],
        description="the name of a topic such as 'northwind.rejections': letters, digits, '.', '_' and '-', at most 249"
        " of them, not two '_' at the beginning; or null for the shared one",
    )


class CreatedPartner(BaseModel):
    """`api_key` is shown this once."""

    partner_id: str
    name: str
    key_id: str
    api_key: str
    scopes: list[str]


class ChosenTopic(BaseModel):
    """Null stands for the shared topic."""

    partner_id: str
    rejections_topic: str | None


@router.get("/partners")
async def list_partners(work: Work, _: Auditor) -> list[PartnerRow]:
    async with work.begin() as unit:
        return await partners.every(unit.connection, unit.now)


@router.post("/partners", status_code=201)
async def create_partner(partner: NewPartner, work: Work, operator: Operator) -> CreatedPartner:
    """A partner and its first API key; the key is shown this once. 409 for a name that is taken."""
    partner_id = f"p-{uuid4().hex[:12]}"
    wanted = keys.Wanted(scopes=frozenset(partner.scopes))
    async with work.begin() as unit:
        if not await partners.create(unit.connection, partner_id, partner.name):
            detail = f"{quoted(partner.name)} is there already; give it another key with POST /partners/{{id}}/keys."
            raise Problem(409, "partner-exists", "There is a partner of that name.", detail)
        try:
            issued = await keys.add(unit, partner_id, wanted, Act(operator.who, partner.why), at_most(operator))
        except NotToGive as error:
            raise too_much(error) from None
    return CreatedPartner(
        partner_id=partner_id,
        name=partner.name,
        key_id=issued.key.key_id,
        api_key=issued.api_key,
        scopes=issued.key.scopes.split(),
    )


@router.put("/partners/{partner_id}/rejections-topic")
async def choose_rejections_topic(
    partner_id: str, chosen: RejectionsTopic, work: Work, topics: BrokerTopics, operator: Operator
) -> ChosenTopic:
    """What it submits by Kafka and is not accepted is answered there; the shared topic then has ids and codes only."""
    if not await partners.exists(work.pool, partner_id):
        raise no_such_partner(partner_id)
    if chosen.topic is not None:
        await require_topic(topics, chosen.topic)
    async with work.begin() as unit:
        if chosen.topic and await partners.read_by_another(unit.connection, partner_id, chosen.topic):
            raise not_usable(f"{quoted(chosen.topic)} is the topic of another partner.")
        before = await partners.set_rejections_topic(unit.connection, partner_id, chosen.topic)
        await actions.write(
            unit.connection,
            who=operator.who,
            action="rejections topic",
            why=f"{partner_id}: {chosen.why}",
            before=before or "",
            after=chosen.topic or "",
        )
    return ChosenTopic(partner_id=partner_id, rejections_topic=chosen.topic)


@router.post("/partners/{partner_id}/enterprises", status_code=201, response_model=Adopted)
async def adopt_enterprise(
    partner_id: str, enterprise: ExistingEnterprise, work: Work, operator: Operator
) -> dict[str, str]:
    if not await partners.exists(work.pool, partner_id):
        raise no_such_partner(partner_id)
    async with work.begin() as unit:
        try:
            account_id = await adopt(unit, partner_id, enterprise.name, enterprise.service_provider_id)
        except NameTaken as error:
            raise Problem(409, "enterprise-exists", "The partner has an enterprise of that name.", str(error)) from None
        why = f"{enterprise.name} of {partner_id} is in BroadWorks already"
        who, action = operator.who, "adopt enterprise"
        await actions.write(unit.connection, who=who, action=action, why=why, after=account_id)
    return {"account_id": account_id, "name": enterprise.name}


async def require_topic(topics: Topics, name: str) -> None:
    """Raises Problem 422 for a topic that no partner may have for itself, 503 while the broker does not answer."""
    if name in BY_NAME:
        raise not_usable(f"{quoted(name)} is a topic of Dialtone itself; create one that this partner alone may read.")
    try:
        there = await topics.exists(name)
    except (KafkaError, OSError) as error:
        title = "The topic cannot be checked now."
        detail = "The broker does not say which topics there are; try again in a moment."
        raise Problem(503, "broker-away", title, detail, headers={"retry-after": "5"}) from error
    if not there:
        raise not_usable(f"The broker has no topic {quoted(name)}; create it first, readable by this partner alone.")


def too_much(error: NotToGive) -> Problem:
    """Problem 422."""
    fault = {"pointer": f"/{error.field}", "code": error.code, "detail": str(error)}
    return Problem(422, "invalid", "There can be no such key.", "Nothing was done.", errors=[fault])


def not_usable(detail: str) -> Problem:
    """Problem 422."""
    fault = {"pointer": "/topic", "code": "topic-not-usable", "detail": detail}
    return Problem(422, "invalid", "Rejections cannot go there.", detail, errors=[fault])


def no_such_partner(partner_id: str) -> Problem:
    """Problem 404."""
    return Problem(404, "no-such-partner", f"No partner {partner_id}.", "Create it with POST /partners.")
