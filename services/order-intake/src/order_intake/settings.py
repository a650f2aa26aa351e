"""The environment of order-intake."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from chassis.runtime.settings import ServiceSettings


class Settings(ServiceSettings):
    saga_patience: float = Field(default=1.0, gt=0, description="multiplies every deadline of the saga")
    saga_version: Literal[1, 2] = Field(
        default=2, description="by which new orders run; the one before while a deployment brings a new one"
    )
    allow_fiction: bool = Field(default=False, description="555-01XX, .example, .test: for demonstrations and tests")
    signature_window: timedelta = Field(
        default=timedelta(days=7), gt=timedelta(0), description="how old the signature of a submission may be; as P7D"
    )
    bare_rejections: bool = Field(
        default=True, description="no content on the shared orders.rejections; false only where one partner reads it"
    )
    replay_limit: int = Field(default=5, ge=1, description="replays of one message before it is refused")
