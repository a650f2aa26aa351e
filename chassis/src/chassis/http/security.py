"""How a key comes in, for OpenAPI. What stands on this scheme a route can ask before anything else."""

from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

SCHEME = HTTPBearer(
    scheme_name="key",
    bearerFormat="dt_<id>_<secret>",
    description="The API key of a partner, or the key of an operator or a technician. With the key of an application "
    "the header On-Behalf-Of names the person for whom it acts.",
    auto_error=False,  # our problem documents say more
)
# A parameter of every dependency that says who asks.
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(SCHEME)]
