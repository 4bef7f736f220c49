"""The jars of a real Kafka, fetched once through Maven and kept in the user's cache."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from stream.adapters.brokers.settings import VERSION
from stream.core.errors import Unavailable

RECIPE = Path(__file__).parent / "kafka"
FETCH_SECONDS = 600
# Named in full, so that an error tells what could not be reached; its version stands in the pom.
GOAL = "org.apache.maven.plugins:maven-dependency-plugin:copy-dependencies"


def broker_jars() -> Path:
    """The folder with every jar that kafka/jars.sha256 names, its digests checked when it was fetched.

    Raises:
        Unavailable: they are not in the cache and Maven is missing, fails, or brings other files.
    """
    manifest = (RECIPE / "jars.sha256").read_bytes()
    folder = _cache() / f"kafka-{VERSION}-{hashlib.sha256(manifest).hexdigest()[:8]}"
    if not folder.is_dir():
        _fetch(folder, manifest.decode())
    return folder


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sluice"


def _fetch(folder: Path, manifest: str) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise Unavailable("Maven (mvn) is not on PATH, to fetch Kafka's jars")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        _copy_dependencies(maven, scratch)
        _check(Path(scratch), manifest)
        # A whole folder or none: another process may be doing the same.
        try:
            Path(scratch).rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
        else:
            Path(scratch).mkdir()


def _copy_dependencies(maven: str, target: str) -> None:
    command = [maven, "--quiet", "--batch-mode", "--file", str(RECIPE / "pom.xml")]
    command += [GOAL, f"-DoutputDirectory={target}", "-DincludeScope=runtime"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"Maven did not fetch Kafka's jars in {FETCH_SECONDS} s") from error
    if done.returncode != 0:
        last = (done.stdout.strip() or done.stderr.strip() or "no output").splitlines()[0]
        raise Unavailable(f"Maven could not fetch Kafka's jars: {last}")


def _check(folder: Path, manifest: str) -> None:
    wanted = {name: digest for digest, name in (line.split() for line in manifest.splitlines())}
    found = {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in folder.glob("*.jar")}
    if found != wanted:
        odd = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
        raise Unavailable(f"Maven brought other jars than {RECIPE / 'jars.sha256'} names: {', '.join(odd)}")
