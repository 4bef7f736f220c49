"""A built image: what it says of itself, and its commands, started as a cluster starts them."""

import json
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SECONDS = 120.0


class Image(ABC):
    """Every command has a read-only root, /tmp in memory, this machine's network and no privileges."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config

    @abstractmethod
    def start(self, *command: str, log: Any, **variables: str) -> subprocess.Popen[bytes]:  # noqa: ANN401 - as Popen
        """A command of the image at work, which hears signals; both its outputs go to `log`."""

    def serve(self, *arguments: str, log: Any, **variables: str) -> subprocess.Popen[bytes]:  # noqa: ANN401
        """The image's entry point at work."""
        return self.start(*self.config["Entrypoint"], *arguments, log=log, **variables)

    def tell(self, *command: str, **variables: str) -> tuple[int, str]:
        """A command's exit status and what it says."""
        with self.start(*command, log=subprocess.PIPE, **variables) as process:
            try:
                said, _ = process.communicate(timeout=SECONDS)
            finally:
                process.kill()
        return process.returncode, said.decode()

    def sluice(self, *arguments: str, **variables: str) -> str:
        """What a command of Sluice says, which must end well."""
        status, said = self.tell(*self.config["Entrypoint"], *arguments, **variables)
        assert status == 0, said
        return said


class Contained(Image):
    """Run by docker or podman."""

    def __init__(self, engine: str, name: str) -> None:
        super().__init__(json.loads(output(engine, "image", "inspect", name))[0]["Config"])
        self._engine, self._name = engine, name

    def start(self, *command: str, log: Any, **variables: str) -> subprocess.Popen[bytes]:  # noqa: ANN401 - as Popen
        hardened = ["--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--security-opt=no-new-privileges"]
        told = [f"--env={name}={value}" for name, value in variables.items()]
        line = [self._engine, "run", "--rm", "--network=host", *hardened, *told, f"--entrypoint={command[0]}"]
        return subprocess.Popen([*line, self._name, *command[1:]], stdout=log, stderr=subprocess.STDOUT)


class Unpacked(Image):
    """Built by buildah, whose own `run` has no read-only root: entered by hand."""

    def __init__(self, name: str, root: str) -> None:
        told = json.loads(output("scripts/buildah", "inspect", "--type", "image", name))
        super().__init__(told["Docker"]["config"])
        self._root = root

    def start(self, *command: str, log: Any, **variables: str) -> subprocess.Popen[bytes]:  # noqa: ANN401 - as Popen
        own = dict(variable.split("=", 1) for variable in self.config["Env"])
        enter = [str(ROOT / "tests/images/enter"), self._root, self.config["User"], self.config["WorkingDir"]]
        return subprocess.Popen(
            ["unshare", "--mount", *enter, *command],
            env={**own, **variables},
            stdout=log,
            stderr=subprocess.STDOUT,
        )


@contextmanager
def built(target: str, version: str) -> Iterator[Image]:
    """An image that `scripts/images` built, ready to be started."""
    builder, name = output("scripts/images", "--builder").strip(), f"sluice-{target}:{version}"
    if builder != "buildah":
        yield Contained(builder, name)
        return
    container = output("scripts/buildah", "from", "--pull-never", name).strip()
    try:
        yield Unpacked(name, output("scripts/buildah", "mount", container).strip())
    finally:
        output("scripts/buildah", "rm", container)


def output(*line: str) -> str:
    """What a command prints; it must end well."""
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(line)}: {done.stderr}"
    return done.stdout
