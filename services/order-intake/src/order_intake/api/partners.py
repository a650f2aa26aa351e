"""Partners for operators: new ones with their first key, and the enterprises that BroadWorks has already."""

from uuid import uuid4

from pydantic import BaseModel, Field

from chassis.http.access import Work
from chassis.http.problems import Problem
from chassis.http.routes import make_router
from order_intake.api.answers import Adopted, NewKey
from order_intake.api.dependencies import KnownPartners
from order_intake.api.principals import Operator
from order_intake.application.adoption import NameTaken, adopt

router = make_router("operations")


class NewPartner(BaseModel):
    """A partner is known by its name."""

    name: str = Field(min_length=1, max_length=80, examples=["Northwind Voice"])


class ExistingEnterprise(BaseModel):
    """An enterprise that BroadWorks has already, known by its service provider id."""

    name: str = Field(min_length=1, max_length=80, examples=["Lakeside Veterinary"])
    service_provider_id: str = Field(min_length=1, max_length=30, examples=["LAKESIDE"])


@router.post("/partners", status_code=201, response_model=NewKey)
async def create_partner(partner: NewPartner, work: Work, partners: KnownPartners, _: Operator) -> dict[str, str]:
    """A partner and a new API key; the key is shown this once."""
    async with work.begin() as unit:
        partner_id, key = await partners.create(unit.connection, f"p-{uuid4().hex[:12]}", partner.name)
    return {"partner_id": partner_id, "name": partner.name, "api_key": key}


@router.post("/partners/{partner_id}/enterprises", status_code=201, response_model=Adopted)
async def adopt_enterprise(
    partner_id: str, enterprise: ExistingEnterprise, work: Work, partners: KnownPartners, _: Operator
) -> dict[str, str]:
    if not await partners.exists(partner_id):
        raise Problem(404, "no-such-partner", f"No partner {partner_id}.", "Create it with POST /partners.")
    async with work.begin() as unit:
        try:
            account_id = await adopt(unit, partner_id, enterprise.name, enterprise.service_provider_id)
        except NameTaken as error:
            raise Problem(409, "enterprise-exists", "The partner has an enterprise of that name.", str(error)) from None
    return {"account_id": account_id, "name": enterprise.name}
