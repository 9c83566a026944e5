"""The one door to other programs: bounded in time and memory, stoppable, and never left behind.

Every child leads a process group of its own, which is killed on every way out of `run`; on Linux it also dies with
this process. `kill_all` ends every child of this process at once.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

POLL_SECONDS = 0.1
WAIT_SECONDS = 0.005
TAIL_BYTES = 8192
TAIL_LINES = 12
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
# Adding, removing and copying a set of numbers are each one step of the interpreter, so `kill_all` needs no lock and
# may be called from a signal handler.
_groups: set[int] = set()


class ProcessError(Exception):
    """A program could not do its work."""


class ProgramMissing(ProcessError):
    """The program is not on this machine."""


class ProcessTimedOut(ProcessError):
    """The program took longer than its limit and was stopped."""


class ProcessFailed(ProcessError):
    """The program ended with an error; `code` is its exit code, `tail` the end of what it said."""

    def __init__(self, name: str, code: int, tail: str) -> None:
        super().__init__(f"{name} ended with code {code}: {tail}")
        self.code, self.tail = code, tail


@dataclass(frozen=True, slots=True)
class Finished:
    """What a program wrote to its standard output, and the end of what it said on standard error."""

    stdout: bytes
    stderr_tail: str


def die_with_parent() -> None:
    """Ask Linux to kill this process when its parent dies; elsewhere nothing happens.

    Called between fork and exec too: it only makes a system call that allocates nothing and takes no locks.
    """
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def nothing() -> None:
    """Never asks to stop."""


def run(
    command: Sequence[str],
    *,
    time_limit: float,
    memory_limit: int | None = None,
    stdin: bytes | None = None,
    on_line: Callable[[str], None] | None = None,
    should_stop: Callable[[], None] = nothing,
    folder: Path | None = None,
) -> Finished:
    """Run a program to its end.

    time_limit: seconds. memory_limit: bytes of address space. on_line: called with each line of standard error.
    should_stop: called about ten times a second; what it raises stops the program and is passed on.
    folder: where the program starts.
    Raises ProgramMissing, ProcessTimedOut, ProcessFailed.
    """

    def prepare() -> None:
        # Between fork and exec: only calls that allocate nothing and take no locks.
        die_with_parent()
        if memory_limit is not None:
            resource.setrlimit(resource.RLIMIT_AS, (memory_limit, memory_limit))

    try:
        process = subprocess.Popen(  # noqa: S603  (a list of arguments, no shell)
            list(command),
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            process_group=0,
            cwd=folder,
            preexec_fn=prepare,
        )
    except (FileNotFoundError, PermissionError) as error:
        raise ProgramMissing(f"{command[0]} is not on this machine, or may not be run.") from error
    _groups.add(process.pid)
    try:
        with process:
            try:
                stdout, tail = _converse(process, stdin or b"", time.monotonic() + time_limit, on_line, should_stop)
            finally:
                _kill_group(process.pid)
    finally:
        _groups.discard(process.pid)
    if process.returncode:
        raise ProcessFailed(os.path.basename(command[0]), process.returncode, tail)  # noqa: PTH119
    return Finished(stdout, tail)


def _converse(
    process: subprocess.Popen[bytes],
    stdin: bytes,
    deadline: float,
    on_line: Callable[[str], None] | None,
    should_stop: Callable[[], None],
) -> tuple[bytes, str]:
    """Feed and read the program until it ends; its output and the tail of its errors."""
    assert process.stdout and process.stderr  # noqa: S101  (for the type checker: both are pipes)
    stdout, tail, line = bytearray(), bytearray(), bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        selector.register(process.stderr, selectors.EVENT_READ)
        if process.stdin:
            os.set_blocking(process.stdin.fileno(), False)
            selector.register(process.stdin, selectors.EVENT_WRITE)
        sent = 0
        asked = time.monotonic()
        while selector.get_map():
            for key, _ in selector.select(POLL_SECONDS):
                if key.fileobj is process.stdin:
                    broken = False
                    try:
                        sent += os.write(key.fd, stdin[sent : sent + 65536])
                    except BlockingIOError:
                        pass
                    except BrokenPipeError:
                        broken = True
                    if sent >= len(stdin) or broken:
                        selector.unregister(key.fileobj)
                        process.stdin.close()
                    continue
                data = os.read(key.fd, 65536)
                if not data:
                    selector.unregister(key.fileobj)
                elif key.fileobj is process.stdout:
                    stdout += data
                else:
                    tail += data
                    del tail[:-TAIL_BYTES]
                    if on_line:
                        line += data
                        *whole, rest = line.replace(b"\r", b"\n").split(b"\n")
                        line = bytearray(rest)
                        for one in whole:
                            on_line(one.decode(errors="replace"))
            if (now := time.monotonic()) - asked >= POLL_SECONDS:
                asked = now
                should_stop()
            if now > deadline:
                raise ProcessTimedOut("The program took too long and was stopped.")
    if on_line and line:
        on_line(line.decode(errors="replace"))
    _wait(process, deadline, should_stop)
    lines = tail.decode(errors="replace").strip().splitlines()
    return bytes(stdout), "\n".join(lines[-TAIL_LINES:])


def _wait(process: subprocess.Popen[bytes], deadline: float, should_stop: Callable[[], None]) -> None:
    """Until the program has ended."""
    asked = time.monotonic()
    while not _has_ended(process):
        if (now := time.monotonic()) - asked >= POLL_SECONDS:
            asked = now
            should_stop()
        if now > deadline:
            raise ProcessTimedOut("The program took too long and was stopped.")
        time.sleep(WAIT_SECONDS)


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    if hasattr(os, "waitid"):
        # Not reaped yet: while it is a zombie its group number can belong to no other program.
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None
    return process.poll() is not None


def _kill_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def kill_all() -> None:
    """End every program that this process is running."""
    for group in tuple(_groups):
        _kill_group(group)
