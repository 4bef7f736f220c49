"""One Kafka node's folder and process."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from base64 import urlsafe_b64encode
from contextlib import suppress
from pathlib import Path

from stream.adapters.brokers import keeper
from stream.adapters.brokers.access import Access
from stream.adapters.brokers.broker import BrokerFailed
from stream.adapters.brokers.jars import RECIPE
from stream.adapters.brokers.ports import free_ports
from stream.adapters.brokers.settings import node_settings

HEAP = "-Xmx512m"
TAIL_LINES = 20


class Node:
    """A data folder with its settings, and at most one Java process on it.

    Args:
        java: the Java to run.
        jars: the folder with Kafka's jars.
        access: who may enter, and how.
    """

    def __init__(self, java: Path, jars: Path, access: Access) -> None:
        self._access = access
        self._folder = Path(tempfile.mkdtemp(prefix="sluice-kafka-"))
        self._log = self._folder / "broker.log"
        self._properties = self._folder / "server.properties"
        port, controller = free_ports(2)
        self.bootstrap = f"{access.host}:{port}"
        settings = node_settings(
            listen=f"127.0.0.1:{port}",
            advertised=self.bootstrap,
            controller=f"127.0.0.1:{controller}",
            protocol=access.protocol,
        )
        settings |= {**access.settings, "log.dirs": str(self._folder / "data")}
        self._properties.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        logging = [RECIPE / "log4j2.properties", *([access.logging] if access.logging else ())]
        logged = f"-Dlog4j2.configurationFile={','.join(map(str, logging))}"
        self._java = [str(java), HEAP, logged, "-cp", f"{jars}/*"]
        self._keeper: subprocess.Popen[bytes] | None = None
        self._pid = 0

    def format(self) -> None:
        """Prepares the data folder, once. Raises BrokerFailed with the tool's own words."""
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        tool = [*self._java, "kafka.tools.StorageTool", "format", f"--cluster-id={cluster}"]
        tool += ["--config", str(self._properties)]
        for credential in self._access.credentials:
            tool += ["--add-scram", credential]
        done = subprocess.run(tool, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0:
            raise BrokerFailed(f"Kafka could not format {self._folder}:\n{done.stdout}{done.stderr}")

    def start(self) -> None:
        """Starts the process; it answers some seconds later."""
        command = [sys.executable, "-I", keeper.__file__, str(self._folder)]
        command += [*self._java, "kafka.Kafka", str(self._properties)]
        self._pid = 0
        with self._log.open("ab") as log:
            # A session of its own: Ctrl-C in a terminal is for the launcher, which then ends the broker last.
            self._keeper = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, start_new_session=True
            )
        assert self._keeper.stdout is not None  # noqa: S101 - known, and mypy should know too
        self._pid = int(self._keeper.stdout.readline())

    @property
    def pid(self) -> int:
        """The Java process's id. Raises ProcessLookupError where none runs."""
        if not self.is_running():
            raise ProcessLookupError("this broker is not running")
        return self._pid

    def is_running(self) -> bool:
        """Whether the process lives, answering or not."""
        return self._keeper is not None and self._keeper.poll() is None

    def kill(self) -> None:
        """Kills the process, if any, and waits for its end."""
        if self._keeper is None:
            return
        if self._pid:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        elif self._keeper.stdin is not None:
            # Interrupted before the keeper had told the id, and 0 would mean our own group: the keeper kills.
            self._keeper.stdin.close()
        self._leave(self._keeper)

    def close(self) -> None:
        """Kills the process and removes the folder."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def log_tail(self) -> str:
        """The last lines of the process's log."""
        if not self._log.exists():
            return "(no log)"
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-TAIL_LINES:])

    def _leave(self, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        self._keeper = None
