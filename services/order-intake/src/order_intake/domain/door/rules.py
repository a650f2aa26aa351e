"""What a form is judged by, beside itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from contracts.catalog import PackageOffered


@dataclass(frozen=True, slots=True)
class Rules:
    """`now` is business time; `offers` is the catalogue by name.

    `fiction` allows numbers and domains that are kept for examples (555-01XX, .example).
    """

    now: datetime
    offers: Mapping[str, PackageOffered]
    fiction: bool = False
