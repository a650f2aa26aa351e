"""The environment of order-intake."""

from pydantic import Field

from chassis.runtime.settings import ServiceSettings


class Settings(ServiceSettings):
    saga_patience: float = Field(default=1.0, gt=0, description="multiplies every deadline of the saga")
    allow_fiction: bool = Field(default=False, description="555-01XX, .example, .test: for demonstrations and tests")
    replay_limit: int = Field(default=5, ge=1, description="replays of one message before it is refused")
