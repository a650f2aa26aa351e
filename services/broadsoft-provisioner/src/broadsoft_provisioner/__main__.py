"""Composition root of broadsoft-provisioner: `python -m broadsoft_provisioner [serve|migrate|check-config]`."""

import secrets
from functools import partial

from broadsoft_provisioner import handlers, measures
from broadsoft_provisioner.api import ledger
from broadsoft_provisioner.application.provisioner import Provisioner
from broadsoft_provisioner.application.turns import Turns
from broadsoft_provisioner.data import services_csv
from broadsoft_provisioner.domain import packages
from broadsoft_provisioner.settings import Settings
from broadsoft_provisioner.soap.client import Endpoint, Timeouts
from broadsoft_provisioner.soap.login import Credentials
from broadsoft_provisioner.soap.platform import BroadWorks
from broadsoft_provisioner.soap.pool import Limits, SessionPool
from broadsoft_provisioner.soap.rate import Rate
from chassis.http.api import make_api
from chassis.http.keyring import local_keyring
from chassis.http.principals import Principals
from chassis.messaging.unit import Units
from chassis.process import commands
from chassis.process.parts import Parts
from chassis.runtime.database import Pool
from chassis.runtime.patience import Patience


async def compose(settings: Settings, pool: Pool) -> Parts:
    """The service, for production and for tests. Nothing is said to BroadWorks before the first order."""
    sessions = sessions_of(settings)
    patience = Patience(
        first=settings.broadworks_first_pause_seconds,
        tries=settings.broadworks_tries,
        seconds=settings.broadworks_patience_seconds,
    )
    broadworks = BroadWorks(sessions, new_password, patience, Rate(settings.broadworks_documents_per_second))
    provisioner = Provisioner(broadworks, packages.parse(services_csv()), patience)
    turns = Turns(pool, settings.broadworks_turn_seconds)
    service = handlers.make(pool, provisioner, turns)
    units = Units(pool, service.name, settings.clock)
    principals = Principals(settings.operator_keys, local_keyring(pool))
    api = make_api(service.name, ledger.router, settings=settings, units=units, principals=principals)
    measures.initialise()
    jobs = ((5.0, partial(measures.measure, sessions)), (turns.seconds / 5, turns.keep_up))
    return Parts(service, api, jobs=jobs, close=sessions.close)


def sessions_of(settings: Settings) -> SessionPool:
    timeouts = Timeouts(read=settings.broadworks_timeout_seconds)
    endpoint = Endpoint(settings.broadworks_url, timeouts, settings.broadworks_tls)
    password = settings.broadworks_password.get_secret_value()
    credentials = Credentials(settings.broadworks_user, password, settings.broadworks_login)
    limits = Limits(size=settings.broadworks_sessions, lifetime=settings.broadworks_session_seconds)
    return SessionPool(endpoint.connect, credentials, limits)


def new_password() -> str:
    """Of a seat that nobody sits on yet. It is kept nowhere: whoever takes the seat sets another."""
    return secrets.token_urlsafe(18)


if __name__ == "__main__":
    commands.main("broadsoft_provisioner", Settings, compose)
