"""What the routes need beside the units of work."""

from typing import Annotated

from fastapi import Depends, Request

from catalog.application.manual_charges import BackOffice
from catalog.application.quoting import Quoting
from catalog.domain.packages import Catalogue
from chassis.http.access import of_state


def catalogue(request: Request) -> Catalogue:
    """The packages that are sold."""
    return of_state(request, "catalogue", Catalogue)


def back_office(request: Request) -> BackOffice:
    """What charges by hand."""
    return of_state(request, "back_office", BackOffice)


def quoting(request: Request) -> Quoting:
    """What quotes are made with."""
    return of_state(request, "quoting", Quoting)


Packages = Annotated[Catalogue, Depends(catalogue)]
Office = Annotated[BackOffice, Depends(back_office)]
Quotes = Annotated[Quoting, Depends(quoting)]
