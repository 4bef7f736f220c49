"""Stands between a launcher and its broker, so that the broker never outlives the launcher.

Run as a script: `keeper.py FOLDER COMMAND…`. It starts COMMAND, prints its process id, and ends with its
exit status. When standard input closes, which it does however the launcher ends, it kills the command and
removes FOLDER. (Linux's parent-death signal is tied to a thread, and macOS has none.)
"""

import os
import shutil
import subprocess
import sys
import threading


def main(folder: str, command: list[str]) -> int:
    """Runs the command until it ends or the launcher does."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    sys.stdout.write(f"{child.pid}\n")
    sys.stdout.flush()
    abandoned = threading.Event()
    watch = threading.Thread(target=_end_with_launcher, args=(child, abandoned), daemon=True)
    watch.start()
    status = child.wait()
    if abandoned.is_set():
        shutil.rmtree(folder, ignore_errors=True)
    return status


def _end_with_launcher(child: subprocess.Popen[bytes], abandoned: threading.Event) -> None:
    # Past the buffered reader: its lock, held here at the main thread's exit, is a fatal error.
    os.read(sys.stdin.fileno(), 1)
    abandoned.set()
    child.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
