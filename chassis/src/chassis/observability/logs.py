"""JSON logs, one object a line, through structlog; foreign loggers come out in the same form."""

import logging
import sys
from collections.abc import Iterator

import asyncpg
import structlog
from structlog.types import EventDict

QUIET = {
    "aiokafka": logging.CRITICAL,  # some twenty lines a second while the broker is away; our own say it once
    "alembic": logging.WARNING,
}


def configure(service: str, level: str) -> None:
    """To be called once, at the start; `level` is a name such as INFO."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_rows,
        structlog.processors.format_exc_info,
        lambda _, __, event: {"service": service, **event},
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name, quiet in QUIET.items():
        logging.getLogger(name).setLevel(max(quiet, logging.getLevelNamesMapping()[level]))


def without_rows(_: object, __: str, event: EventDict) -> EventDict:
    """A row that breaks a rule of its table is quoted whole by PostgreSQL, a signing key included: not in a log."""
    given = event.get("exc_info")
    error = given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else sys.exception()
    for one in whole_story(error if given else None):
        if isinstance(one, asyncpg.IntegrityConstraintViolationError):
            one.detail = None  # type: ignore[attr-defined]  # set from what the server says
    return event


def whole_story(error: BaseException | None, told: set[int] | None = None) -> Iterator[BaseException]:
    """The error and all that a traceback shows with it."""
    told = set() if told is None else told
    if error is None or id(error) in told:
        return
    told.add(id(error))
    yield error
    inside = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for other in (error.__cause__, error.__context__, *inside):
        yield from whole_story(other, told)
