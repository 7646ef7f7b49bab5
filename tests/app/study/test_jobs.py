"""Studies as jobs in a process of their own: told, stopped, killed, taken up to the same bits."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.study.jobs import FullError, Job, Jobs
from app.study.settings import StudySettings
from app.study.worker import result_of
from dynamics.conduct import Memory, conduct, finish

SHORT = StudySettings(etas=(0.1, 0.05), tau=0.2)
LONG = StudySettings(etas=(0.01,), tau=6.0)  # sixty thousand steps


@pytest.fixture(scope="module")
def expected() -> dict[str, np.ndarray]:
    """The short study, computed in this process."""
    found = finish(conduct(SHORT.plan(), Memory()))
    return result_of(SHORT, *found)


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    made = Jobs(tmp_path, "1")
    yield made
    made.close()


def end(jobs: Jobs, job: Job) -> list[dict]:
    until = time.monotonic() + 120
    return list(jobs.listen(job, lambda: time.monotonic() > until))


def wait_for(job: Job, words: str) -> None:
    until = time.monotonic() + 60
    while words not in job.words:
        assert time.monotonic() < until, job
        time.sleep(0.01)


def same(one, other) -> None:
    """To the last bit, but for the seconds that it took."""
    assert list(one) == list(other)
    for name, values in one.items():
        if not name.endswith("seconds"):
            np.testing.assert_array_equal(values, other[name], err_msg=name)


def test_a_study_is_told_and_kept(jobs: Jobs, expected) -> None:
    assert jobs.result(SHORT) is None
    job = jobs.ask(SHORT, 0.05)
    assert jobs.ask(SHORT) is job  # equal ones are one
    lines = end(jobs, job)
    assert lines[-1]["state"] == "done"
    words = [line["words"] for line in lines]
    assert any(word.startswith("flow, τ") for word in words)
    # The run that was wanted first came first, and the last line of each has all of it.
    runs = [run for line in lines for run in line["runs"]]
    assert [run["eta"] for run in runs][:1] == [0.05]
    for k, eta in enumerate(SHORT.step_sizes):
        last = [run for run in runs if run["eta"] == eta][-1]
        np.testing.assert_allclose(last["gap"], expected[f"run_{k}_gap"], rtol=1e-12)
    found = jobs.result(SHORT)
    assert found is not None
    same(found, expected)
    # What is known is told at once.
    began = time.monotonic()
    assert end(jobs, jobs.ask(SHORT))[-1]["state"] == "done"
    assert time.monotonic() - began < 5


def test_one_that_was_killed_goes_on_to_the_same_bits(tmp_path: Path, expected) -> None:
    """The process alone is begun anew by itself; another server goes on from what was kept."""
    jobs = Jobs(tmp_path, "1")
    job = jobs.ask(SHORT)
    wait_for(job, "flow")
    jobs._process.kill()
    assert end(jobs, job)[-1]["state"] == "done"
    found = jobs.result(SHORT)
    jobs.close()
    assert found is not None
    same(found, expected)
    after = Jobs(tmp_path, "1")
    try:
        again = after.result(SHORT)
    finally:
        after.close()
    assert again is not None
    same(again, expected)


def test_a_long_one_is_stopped_within_a_second_and_goes_on(jobs: Jobs) -> None:
    job = jobs.ask(LONG)
    wait_for(job, "run, η")
    time.sleep(0.3)
    began = time.monotonic()
    assert jobs.stop(LONG, forget=False)
    assert time.monotonic() - began < 1.0
    assert job.state == "stopped"
    before = job.parts["0.01"][1]
    again = jobs.ask(LONG)
    wait_for(again, "run, η")
    assert len(again.parts["0.01"][1]["step"]) > 2
    kept = np.array(again.parts["0.01"][1]["gap"][:2])
    np.testing.assert_array_equal(kept, before["gap"][:2])
    jobs.stop(LONG, forget=True)
    third = jobs.ask(LONG)
    wait_for(third, "run, η")
    assert len(third.parts["0.01"][1]["step"]) <= 4
    jobs.stop(LONG, forget=True)
    assert not jobs.stop(LONG, forget=False)


def test_those_that_come_later_wait_and_no_more_than_are_granted(jobs: Jobs, granting) -> None:
    granting(MOST_WAITING=2)
    first = jobs.ask(LONG)
    second = jobs.ask(SHORT)
    assert second.words == "waits until another study is done"
    with pytest.raises(FullError):
        jobs.ask(StudySettings(seed=1))
    wait_for(first, "train")
    jobs.stop(LONG, forget=True)
    assert end(jobs, second)[-1]["state"] == "done"


def test_what_does_not_come_to_the_valley_says_so(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this process, since the other has its own modules."""
    from app.study import worker

    class Pipe:
        def poll(self) -> bool:
            return False

        def send(self, what) -> None:
            pass

    def never(*_):
        raise ValueError("it does not come to Γ, where L = 0")
        yield

    monkeypatch.setattr(worker, "conduct", never)
    word, *what = worker._conduct(Pipe(), jobs.keep, SHORT, None)  # type: ignore[arg-type]
    assert (word, what) == ("failed", ["it does not come to Γ, where L = 0."])
