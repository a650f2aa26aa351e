"""The jars of Apache Kafka: fetched by Maven once per version, into a cache folder that processes share."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from dialtone.stack.errors import StackError
from dialtone.stack.locks import FileLock

KAFKA = Path(__file__).resolve().parents[4] / "kafka"  # deploy/kafka
SETTING = "DIALTONE_KAFKA_JARS"


def missing_tools() -> list[str]:
    """What must be installed before Apache Kafka can run here. Maven only fetches; with the jars there it is idle."""
    wanted = ["java"] if _folder().is_dir() else ["java", "mvn"]
    return [tool for tool in wanted if shutil.which(tool) is None]


def fetch_jars() -> Path:
    """The folder with the jars; the first call on a machine downloads 45 of them (43 MB). Blocks."""
    if missing := missing_tools():
        raise StackError(
            f"Apache Kafka needs {' and '.join(missing)} on the PATH: install it, or use --broker embedded."
        )
    folder = _folder()
    if folder.is_dir():
        return folder
    lock = FileLock(folder.with_name(folder.name + ".lock"))
    lock.take(wait=True)
    try:
        if not folder.is_dir():
            _copy(folder)
    finally:
        lock.release()
    return folder


def version() -> str:
    found = re.search(r"<kafka.version>(.+?)</kafka.version>", (KAFKA / "pom.xml").read_text())
    if found is None:
        raise StackError(f"{KAFKA / 'pom.xml'} names no kafka.version.")
    return found[1]


def _folder() -> Path:
    chosen = os.environ.get(SETTING)
    return Path(chosen).expanduser() if chosen else Path.home() / ".cache" / "dialtone" / f"kafka-{version()}"


def _copy(folder: Path) -> None:
    """Under another name first, so that a folder that is there is complete."""
    unfinished = folder.with_name(folder.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    command = ["mvn", "-q", "-B", "-f", str(KAFKA / "pom.xml"), "dependency:copy-dependencies"]
    done = subprocess.run(
        [*command, f"-DoutputDirectory={unfinished}"], capture_output=True, text=True, check=False, timeout=600
    )
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip().splitlines()
        raise StackError(f"Maven could not fetch Apache Kafka {version()}: {said[0] if said else 'it said nothing'}")
    unfinished.rename(folder)
