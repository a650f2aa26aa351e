"""The environment of broadsoft-provisioner."""

import ssl
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from chassis.runtime.settings import ServiceSettings
from chassis.runtime.tls import CaFile, client_context


class Settings(ServiceSettings):
    broadworks_url: str = Field(description="https://host/webservice/services/ProvisioningService")
    broadworks_allow_http: bool = Field(
        default=False, description="http sends passwords in clear: for a simulator only"
    )
    broadworks_ca_file: CaFile | None = Field(
        default=None, description="PEM; the CAs that may have signed BroadWorks' certificate; else those of the machine"
    )
    broadworks_user: str = ""
    broadworks_password: SecretStr = Field(
        default=SecretStr(""), repr=False, description="or BROADWORKS_PASSWORD_FILE names a file with it"
    )
    broadworks_login: Literal["classic", "r22"] = "classic"
    broadworks_sessions: int = Field(default=5, ge=1, description="sessions in use at once")
    broadworks_session_seconds: float = Field(default=900.0, gt=0, description="a session is retired at this age")
    broadworks_documents_per_second: float = Field(default=0.0, ge=0, description="0 means no limit")
    broadworks_timeout_seconds: float = Field(default=60.0, gt=0)
    broadworks_turn_seconds: float = Field(
        default=15.0, gt=0, description="how long nobody else works where a replica worked that says nothing more"
    )
    broadworks_first_pause_seconds: float = Field(default=0.25, gt=0, description="doubles with each try, up to 5 s")
    broadworks_tries: int = Field(default=4, ge=1, description="tries of a document before its message waits")
    broadworks_patience_seconds: float = Field(
        default=120.0, gt=0, description="what all tries may take together, answers that never came included"
    )
    batch_size: int = Field(default=50, ge=1, description="orders take long: fewer at once than elsewhere")

    @property
    def broadworks_tls(self) -> ssl.SSLContext:
        """Verifies BroadWorks' certificate and host name; without a CA file by the CAs of the machine."""
        return client_context(self.broadworks_ca_file)

    @model_validator(mode="after")
    def _speaks_tls(self) -> Self:
        scheme = urlsplit(self.broadworks_url).scheme
        if scheme not in ({"https", "http"} if self.broadworks_allow_http else {"https"}):
            permitted = (
                ", or http where BROADWORKS_ALLOW_HTTP is true" if not self.broadworks_allow_http else " or http"
            )
            fault = f"BROADWORKS_URL: its scheme is {scheme!r}. Accepted is https{permitted}."
            raise PydanticCustomError("broadworks_url", "{fault}", {"fault": fault})
        if self.broadworks_ca_file is not None and scheme != "https":
            fault = "BROADWORKS_CA_FILE: it is set, but BROADWORKS_URL is http, which makes no use of it."
            raise PydanticCustomError("broadworks_ca_file", "{fault}", {"fault": fault})
        return self
