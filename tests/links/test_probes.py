"""A question to a part that may be frozen: a deadline for whoever asks, and one asking at a time."""

import threading
import time
from collections.abc import Iterator

import pytest

from links.probes import Probe, Unanswered


class Part:
    """Answers with how often it was asked, once it is thawed."""

    def __init__(self) -> None:
        self.thawed = threading.Event()
        self.asked = 0

    def __call__(self) -> int:
        self.asked += 1
        self.thawed.wait(10)
        return self.asked


@pytest.fixture
def part() -> Iterator[Part]:
    part = Part()
    yield part
    part.thawed.set()


def test_an_answer_is_given(part: Part) -> None:
    part.thawed.set()
    probe = Probe(part)
    assert [probe.ask(patience=1) for _ in range(3)] == [1, 2, 3]
    assert probe.ask(patience=1, max_age=60) == 3, "an answer young enough is given again"


def test_a_frozen_part_is_waited_for_once_and_asked_once(part: Part) -> None:
    probe = Probe(part)
    started = time.monotonic()
    with pytest.raises(Unanswered, match=r"no answer within 0\.2 seconds"):
        probe.ask(patience=0.2)
    assert 0.2 <= time.monotonic() - started < 1
    started = time.monotonic()
    for _ in range(100):
        with pytest.raises(Unanswered):
            probe.ask(patience=0.2)
    assert time.monotonic() - started < 5, "whoever comes later does not wait: that would be 20 seconds"
    assert part.asked == 1
    part.thawed.set()
    time.sleep(0.05)
    assert probe.ask(patience=1) == 2, "it is asked anew once it answers"


def test_a_crowd_shares_one_asking(part: Part) -> None:
    probe, answers = Probe(part), list[int]()
    everybody = threading.Barrier(21)

    def ask() -> None:
        everybody.wait(10)
        answers.append(probe.ask(patience=10))

    crowd = [threading.Thread(target=ask) for _ in range(20)]
    for one in crowd:
        one.start()
    everybody.wait(10)
    time.sleep(0.5)  # on a busy machine, too, they have asked by now
    part.thawed.set()
    for one in crowd:
        one.join()
    assert answers == [1] * 20


@pytest.mark.parametrize("error", [ValueError("no"), TimeoutError("its own")])
def test_what_the_question_raises_is_raised(error: Exception) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(type(error), match=str(error)):
        Probe(fail).ask(patience=1)
