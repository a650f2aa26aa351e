"""What is sold, for operators."""

from catalog.api.dependencies import Packages
from catalog.domain.packages import Package
from chassis.http.access import Operator
from chassis.http.routes import make_router

router = make_router("packages")


@router.get("/packages")
async def menu(packages: Packages, _: Operator) -> dict[str, tuple[Package, ...]]:
    return packages.menu()
