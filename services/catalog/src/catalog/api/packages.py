"""What is sold, for whoever may order or look at orders."""

from fastapi import Depends

from catalog.api.dependencies import Packages
from catalog.domain.packages import Package
from chassis.http.access import Needs
from chassis.http.routes import make_router

router = make_router("packages")


@router.get("/packages", dependencies=[Depends(Needs("orders:read"))])
async def menu(packages: Packages) -> dict[str, tuple[Package, ...]]:
    return packages.menu()
