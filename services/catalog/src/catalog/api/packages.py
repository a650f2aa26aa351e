"""What is sold, for operators."""

from fastapi import APIRouter

from catalog.api.dependencies import Packages
from catalog.domain.packages import Package
from chassis.http.access import Operator

router = APIRouter(tags=["packages"])


@router.get("/packages")
async def menu(packages: Packages, _: Operator) -> dict[str, tuple[Package, ...]]:
    return packages.menu()
