"""What the routes need beside the units of work."""

from typing import Annotated

from fastapi import Depends, Request

from catalog.domain.packages import Catalogue
from chassis.http.access import of_state


def catalogue(request: Request) -> Catalogue:
    """The packages that are sold."""
    return of_state(request, "catalogue", Catalogue)


Packages = Annotated[Catalogue, Depends(catalogue)]
