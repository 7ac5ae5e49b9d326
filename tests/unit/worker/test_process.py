"""The child process: results, exceptions, death and memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from sluice.domain import Message
from sluice.errors import ConfigError, OutOfMemory, Problem, SluiceError, SourceError
from sluice.worker.process import WorkerProcess
from sluice.worker.progress import report_progress

LIMIT = 2**30
_HELD: list[bytes] = []  # of the worker process


def process_id() -> int:
    return os.getpid()


def double(value: bytes) -> bytes:
    return value + value


def refuse() -> None:
    raise ConfigError("sluice.yaml", [Problem(3, "shop", "is wrong")])


def stumble() -> None:
    raise KeyError("price")


def die(number: int) -> None:
    os.kill(os.getpid(), number)


def leave(code: int) -> None:
    os._exit(code)


def grow() -> int:
    held: list[bytes] = []
    while len(held) < 400:  # 4 GB, which no limit here allows
        held.append(b"x" * (10 * 2**20))
    return len(held)


def hold(megabytes: int) -> None:
    _HELD.append(b"x" * (megabytes * 2**20))


def grow_logged(log: str) -> int:
    with Path(log).open("a") as file:
        file.write("called\n")
    return grow()


def speak() -> None:
    sys.stdout.write("not a result\n")
    sys.stdout.flush()


def count_to(number: int) -> int:
    for done in range(1, number + 1):
        report_progress(Message.text("counting"), done, number)
    return number


def named(function: Callable[..., object]) -> str:
    return f"{function.__module__}:{function.__name__}"


def test_gives_the_result_of_a_function_in_another_process() -> None:
    with WorkerProcess(LIMIT) as child:
        assert child(named(process_id)) not in {os.getpid(), None}
        assert child(named(process_id)) == child(named(process_id))


def test_reports_of_progress_come_before_the_result() -> None:
    reports: list[tuple[Message, int, int | None]] = []
    with WorkerProcess(LIMIT) as child:
        assert child(named(count_to), 3, progress=lambda *report: reports.append(report)) == 3
        assert child(named(count_to), 2) == 2  # nobody listens
    assert reports == [(Message.text("counting"), done, 3) for done in (1, 2, 3)]


def test_large_values_cross_both_ways() -> None:
    value = b"x" * (20 * 2**20)
    with WorkerProcess(LIMIT) as child:
        assert child(named(double), value) == value + value


def test_our_exceptions_come_as_they_are() -> None:
    with WorkerProcess(LIMIT) as child, pytest.raises(ConfigError, match=r"sluice.yaml:3: shop: is wrong") as caught:
        child(named(refuse))
    assert caught.value.problems == (Problem(3, "shop", "is wrong"),)


def test_other_exceptions_tell_where_they_were_raised() -> None:
    with WorkerProcess(LIMIT) as child, pytest.raises(RuntimeError, match="KeyError: 'price'") as caught:
        child(named(stumble))
    assert "in stumble" in caught.value.__notes__[0]


def test_a_panic_of_a_library_is_an_error_and_the_child_lives() -> None:
    with WorkerProcess(LIMIT) as child:
        before = child(named(process_id))
        with pytest.raises(RuntimeError, match="Panicked: a library panicked: index out of bounds"):
            child(named(panic))
        assert child(named(process_id)) == before


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT])
def test_a_child_that_memory_kills_is_started_again(number: signal.Signals) -> None:
    with WorkerProcess(LIMIT) as child:
        before = child(named(process_id))
        with pytest.raises(OutOfMemory, match=f"signal {number.value}"):
            child(named(die), number)
        assert child(named(process_id)) != before


def test_a_child_that_leaves_is_no_lack_of_memory() -> None:
    with WorkerProcess(LIMIT) as child, pytest.raises(SluiceError, match="exit code 7") as caught:
        child(named(leave), 7)
    assert not isinstance(caught.value, OutOfMemory)


def test_a_child_over_its_limit_is_stopped_and_the_next_call_works() -> None:
    with WorkerProcess(200 * 2**20) as child:
        with pytest.raises(OutOfMemory, match=r"more than 0.2 GiB"):
            child(named(grow))
        assert child(named(double), b"ab") == b"abab"


@pytest.mark.parametrize(("left_over", "tries"), [(0, 1), (64, 2)])
def test_a_call_over_the_limit_is_repeated_only_where_earlier_calls_left_memory_taken(tmp_path: Path, left_over: int, tries: int) -> None:
    log = tmp_path / "calls"
    with WorkerProcess(300 * 2**20) as child:
        child(named(process_id))
        child(named(hold), left_over)
        with pytest.raises(OutOfMemory):
            child(named(grow_logged), str(log))
    assert log.read_text() == "called\n" * tries


def test_calls_of_several_threads_get_their_own_results() -> None:
    with WorkerProcess(LIMIT) as child:
        got: dict[int, bytes] = {}
        threads = [threading.Thread(target=lambda n=n: got.__setitem__(n, child(named(double), b"%d" % n))) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert got == {n: b"%d%d" % (n, n) for n in range(8)}


def test_closing_ends_the_process_and_may_be_repeated() -> None:
    child = WorkerProcess(LIMIT)
    pid = child(named(process_id))
    child.close()
    child.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_what_the_child_prints_is_no_result(capfd: pytest.CaptureFixture[str]) -> None:
    with WorkerProcess(LIMIT) as child:
        child(named(speak))
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "not a result\n")


@pytest.mark.parametrize("error", [SourceError("x"), OutOfMemory("x"), SluiceError("x")])
def test_every_error_of_ours_crosses(error: SluiceError) -> None:
    with WorkerProcess(LIMIT) as child, pytest.raises(type(error), match="x"):
        child(named(raise_it), error)


def raise_it(error: SluiceError) -> None:
    raise error


def test_a_plain_script_may_use_it_and_is_not_run_again_by_the_child(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    body = "print('began')\nwith WorkerProcess(2**30) as child:\n    print(child('os:getpid') != os.getpid())\n"
    script.write_text(f"import os\nfrom sluice.worker.process import WorkerProcess\n{body}")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.stderr, done.returncode) == (["began", "True"], "", 0)


class PanicException(BaseException):
    """As deltalake has it: a class of its own, with the name that all such classes have."""


def panic() -> None:
    raise PanicException("index out of\n  bounds")
