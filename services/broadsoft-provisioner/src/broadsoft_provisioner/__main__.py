"""Composition root of broadsoft-provisioner: `python -m broadsoft_provisioner [serve|migrate|check-config]`."""

import secrets
from importlib.resources import files

from broadsoft_provisioner import api, data, handlers
from broadsoft_provisioner.domain import packages
from broadsoft_provisioner.settings import Settings
from broadsoft_provisioner.soap.client import Endpoint, Timeouts
from broadsoft_provisioner.soap.executor import Provisioner
from broadsoft_provisioner.soap.login import Credentials
from broadsoft_provisioner.soap.patience import Patience
from broadsoft_provisioner.soap.platform import BroadWorks
from broadsoft_provisioner.soap.pool import Limits, Pool
from broadsoft_provisioner.soap.rate import Rate
from chassis.runtime import commands, database
from chassis.http.access import Operators
from chassis.runtime.app import App


async def serve(settings: Settings) -> None:
    pool = await database.connect(settings.database_url, connections=settings.database_connections)
    endpoint = Endpoint(settings.broadworks_url, Timeouts(read=settings.broadworks_timeout_seconds))
    password = settings.broadworks_password.get_secret_value()
    credentials = Credentials(settings.broadworks_user, password, settings.broadworks_login)
    limits = Limits(size=settings.broadworks_sessions, lifetime=settings.broadworks_session_seconds)
    sessions = Pool(endpoint.connect, credentials, limits)
    patience = Patience(tries=settings.broadworks_tries)
    rate = Rate(settings.broadworks_documents_per_second)
    broadworks = BroadWorks(sessions, lambda: secrets.token_urlsafe(18), patience, rate)
    mapping = packages.parse((files(data) / "services.csv").read_text())
    service = handlers.make(pool, Provisioner(broadworks, mapping, patience))
    try:
        await App(service, settings, pool, api.make(pool, Operators(settings.operator_keys))).serve()
    finally:
        await sessions.close()


if __name__ == "__main__":
    commands.main("broadsoft_provisioner", Settings, serve)
