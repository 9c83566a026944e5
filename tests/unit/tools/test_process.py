from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from jobs.tools import process


def python(code: str, **options: object) -> process.Finished:
    return process.run([sys.executable, "-c", code], **{"time_limit": 20.0, **options})  # type: ignore[arg-type]


def state(pid: int) -> str:
    """The letter of a process's state, nothing when there is no such process."""
    return subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout[:1]


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 5
    while state(pid) not in {"", "Z"}:
        assert time.monotonic() < deadline, "the program was left behind"
        time.sleep(0.01)


def a_family(pids: Path) -> str:
    """A program that starts a child of its own and then waits for ever."""
    return (
        "import os,subprocess,sys,time,pathlib\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(pids)!r}).write_text(f'{{os.getpid()}} {{child.pid}}')\n"
        "print('ready', file=sys.stderr, flush=True)\n"
        "time.sleep(60)"
    )


def test_it_hands_over_input_and_output_of_any_size() -> None:
    data = os.urandom(1_000_000)
    finished = python("import sys; sys.stdout.buffer.write(sys.stdin.buffer.read()[::-1])", stdin=data)
    assert finished.stdout == data[::-1]


def test_input_that_is_not_read_is_no_error() -> None:
    assert python("print('done')", stdin=b"x" * 1_000_000).stdout == b"done\n"


def test_a_failure_carries_the_code_and_the_last_lines() -> None:
    with pytest.raises(process.ProcessFailed) as failure:
        python("import sys; [print(f'line {n}', file=sys.stderr) for n in range(100)]; sys.exit(3)")
    assert failure.value.code == 3
    assert failure.value.tail.splitlines()[-1] == "line 99"
    assert len(failure.value.tail.splitlines()) == process.TAIL_LINES


def test_each_line_is_reported_the_last_one_too() -> None:
    lines: list[str] = []
    python(r"import sys; sys.stderr.write('one\ntwo\rthree')", on_line=lines.append)
    assert lines == ["one", "two", "three"]


def test_a_missing_program_is_named() -> None:
    with pytest.raises(process.ProgramMissing, match="no-such-program"):
        process.run(["no-such-program"], time_limit=1)


def test_the_time_limit_ends_the_whole_family(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    with pytest.raises(process.ProcessTimedOut):
        python(a_family(pids), time_limit=1.5)
    for pid in pids.read_text().split():
        wait_until_gone(int(pid))


def test_stopping_ends_the_whole_family_and_passes_the_reason_on(tmp_path: Path) -> None:
    class Enough(BaseException):
        pass

    pids = tmp_path / "pids"

    def should_stop() -> None:
        if pids.exists() and len(pids.read_text().split()) == 2:
            raise Enough

    with pytest.raises(Enough):
        python(a_family(pids), should_stop=should_stop)
    for pid in pids.read_text().split():
        wait_until_gone(int(pid))
    assert not process._groups


def test_the_time_limit_holds_for_a_program_that_closed_its_output() -> None:
    with pytest.raises(process.ProcessTimedOut):
        python("import os,time; os.close(1); os.close(2); time.sleep(60)", time_limit=1)


def test_a_child_left_by_a_program_that_ended_is_killed(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    python(
        "import subprocess,sys,pathlib\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'],"
        " stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        f"pathlib.Path({str(pids)!r}).write_text(str(child.pid))"
    )
    wait_until_gone(int(pids.read_text()))


def test_kill_all_ends_what_runs() -> None:
    started = threading.Event()
    failures: list[process.ProcessFailed] = []

    def run() -> None:
        try:
            python(
                "import sys,time; print('ready', file=sys.stderr, flush=True); time.sleep(60)",
                on_line=lambda _: started.set(),
            )
        except process.ProcessFailed as failure:
            failures.append(failure)

    thread = threading.Thread(target=run)
    thread.start()
    assert started.wait(10)
    process.kill_all()
    thread.join(10)
    assert [failure.code for failure in failures] == [-signal.SIGKILL]


def test_memory_is_limited() -> None:
    with pytest.raises(process.ProcessFailed, match="MemoryError"):
        python("x = bytearray(2_000_000_000)", memory_limit=1_000_000_000)


@pytest.mark.skipif(sys.platform != "linux", reason="a Linux feature")
def test_a_program_dies_with_its_parent(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    parent = (
        "from jobs.tools import process\n"
        f"process.run([{sys.executable!r}, '-c', {a_family(pids)!r}], time_limit=60,"
        " on_line=lambda line: __import__('os')._exit(0))"
    )
    process.run([sys.executable, "-c", parent], time_limit=30, folder=Path(__file__).parents[3])
    wait_until_gone(int(pids.read_text().split()[0]))
    os.kill(int(pids.read_text().split()[1]), signal.SIGKILL)
