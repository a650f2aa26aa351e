"""The environment of broadsoft-provisioner."""

from typing import Literal

from pydantic import Field, SecretStr

from chassis.runtime.settings import ServiceSettings


class Settings(ServiceSettings):
    broadworks_url: str = Field(description="http(s)://host/webservice/services/ProvisioningService")
    broadworks_user: str = ""
    broadworks_password: SecretStr = SecretStr("")
    broadworks_login: Literal["classic", "r22"] = "classic"
    broadworks_sessions: int = Field(default=5, ge=1, description="sessions in use at once")
    broadworks_session_seconds: float = Field(default=900.0, gt=0, description="a session is retired at this age")
    broadworks_documents_per_second: float = Field(default=0.0, ge=0, description="0 means no limit")
    broadworks_timeout_seconds: float = Field(default=60.0, gt=0)
    broadworks_first_pause_seconds: float = Field(default=0.25, gt=0, description="doubles with each try, up to 5 s")
    broadworks_tries: int = Field(default=4, ge=1, description="tries of a document before its message waits")
    batch_size: int = Field(default=50, ge=1, description="orders take long: fewer at once than elsewhere")
