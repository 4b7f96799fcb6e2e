"""Nobody waits longer than the deadline for a database, and a frozen one holds a few threads at most."""

import socket
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import DataError, OperationalError, connection

from links import lookups
from links.lookups import LIMITS, Askers, DatabaseAway, GuardedLookups, Question, StatementLimit, _cut, ask_twice


class Database:
    """Answers at once, until it is frozen; one waits for it then as for a real one."""

    def __init__(self) -> None:
        self.thawed = threading.Event()
        self.thawed.set()
        self.asked = 0
        self.waiting = 0
        self._lock = threading.Lock()

    def answer(self) -> str:
        with self._lock:
            self.asked += 1
            self.waiting += 1
        self.thawed.wait(20)
        with self._lock:
            self.waiting -= 1
        return "answer"

    def freeze(self) -> None:
        self.thawed.clear()


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database()
    yield database
    database.thawed.set()


@pytest.fixture
def guarded(monkeypatch: pytest.MonkeyPatch) -> GuardedLookups:
    monkeypatch.setattr(lookups, "PROBE_SECONDS", 0.05)
    return GuardedLookups(3, 0.1)


def seconds_of(guarded: GuardedLookups, database: Database) -> float:
    began = time.monotonic()
    with pytest.raises(DatabaseAway):
        guarded.ask(database.answer)
    return time.monotonic() - began


def wait_until_back(guarded: GuardedLookups) -> None:
    deadline = time.monotonic() + 5
    while guarded.is_away:
        assert time.monotonic() < deadline, "the breaker did not close"
        time.sleep(0.005)


def test_an_answer_and_an_error_come_through(guarded: GuardedLookups, database: Database) -> None:
    assert guarded.ask(database.answer) == "answer"

    def wrong() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        guarded.ask(wrong)
    assert not guarded.is_away


def test_the_first_waits_for_the_deadline_and_the_next_not_at_all(guarded: GuardedLookups, database: Database) -> None:
    database.freeze()
    assert 0.09 < seconds_of(guarded, database) < 1
    assert guarded.is_away
    asked = database.asked
    began = time.monotonic()
    for _ in range(10_000):
        with pytest.raises(DatabaseAway):
            guarded.ask(database.answer)
    assert database.asked - asked < 10_000 * 0.01, "asked by probes only"
    assert time.monotonic() - began < 5


def test_a_frozen_database_holds_only_the_pools_threads(guarded: GuardedLookups, database: Database) -> None:
    database.freeze()
    scans = [threading.Thread(target=seconds_of, args=(guarded, database)) for _ in range(20)]
    began = time.monotonic()
    for scan in scans:
        scan.start()
    for scan in scans:
        scan.join()
    assert time.monotonic() - began < 2
    time.sleep(0.3)  # several probes
    assert database.waiting <= 3
    database.thawed.set()
    wait_until_back(guarded)
    assert guarded.ask(database.answer) == "answer"


def test_a_probe_closes_the_breaker_without_any_scan(guarded: GuardedLookups, database: Database) -> None:
    database.freeze()
    seconds_of(guarded, database)
    database.thawed.set()
    wait_until_back(guarded)


def test_a_refused_connection_opens_the_breaker_too(
    guarded: GuardedLookups, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    refuses = [True]

    def refused() -> str:
        if refuses[0]:
            raise OperationalError("connection refused")
        return "answer"

    with pytest.raises(DatabaseAway):
        guarded.ask(refused)
    assert guarded.is_away
    refuses[0] = False
    wait_until_back(guarded)
    assert guarded.ask(refused) == "answer"
    assert [record.message.split(" (")[0] for record in caplog.records][-2:] == [
        "The database is away",
        "The database is back.",
    ]


def test_one_bad_query_is_no_outage(guarded: GuardedLookups) -> None:
    def bad() -> None:
        raise DataError("a string with a NUL")

    with pytest.raises(DatabaseAway):
        guarded.ask(bad)
    assert not guarded.is_away


def test_a_busy_pool_is_no_outage(database: Database) -> None:
    """Whoever stands too far behind in the queue goes without; the breaker stays closed while others are answered."""
    guarded = GuardedLookups(1, 0.1)
    outcomes: list[object] = []

    def scan() -> None:
        try:
            outcomes.append(guarded.ask(lambda: time.sleep(0.03)))
        except DatabaseAway:
            outcomes.append(DatabaseAway)

    scans = [threading.Thread(target=scan) for _ in range(12)]
    for thread in scans:
        thread.start()
    for thread in scans:
        thread.join()
    assert set(outcomes) == {None, DatabaseAway}
    assert not guarded.is_away


def test_what_nobody_waits_for_any_more_is_not_asked(database: Database) -> None:
    askers = Askers(1, "test", 1.0)
    database.freeze()
    for _ in range(5):
        with pytest.raises(TimeoutError):
            askers.ask(database.answer, 0.02)
    database.thawed.set()
    assert askers.ask(lambda: "next", 5) == "next"
    assert database.asked == 1


def test_threads_begin_with_the_first_question_and_end_with_the_process() -> None:
    def named() -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name.startswith("lazy-")]

    askers = Askers(2, "lazy", 1.0)
    assert named() == []
    askers.ask(lambda: None, 5)
    assert [thread.daemon for thread in named()] == [True, True]


def test_a_late_thread_is_woken_by_shutting_down_its_socket() -> None:
    """What psycopg waits for is its socket; a shut-down one reads as closed by the server."""
    ours, server = socket.socketpair()
    with ours, server:
        got: list[bytes] = []
        waiting = threading.Thread(target=lambda: got.append(ours.recv(1)))
        waiting.start()
        _cut(SimpleNamespace(connection=ours))  # type: ignore[arg-type]  # all that is looked at
        waiting.join(5)
        assert got == [b""]
        assert ours.fileno() > 0, "whose file number is its owner's to close"


@pytest.mark.parametrize("raw", [None, SimpleNamespace(), SimpleNamespace(fileno=lambda: 10**6)])
def test_cutting_what_has_no_socket_does_nothing(raw: object) -> None:
    _cut(SimpleNamespace(connection=raw))  # type: ignore[arg-type]  # all that is looked at


def test_a_question_that_was_answered_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    cut: list[object] = []
    monkeypatch.setattr(lookups, "_cut", cut.append)
    question = Question(lambda: None)
    question.asked_on = SimpleNamespace()  # type: ignore[assignment]  # never looked at
    question.answer.set_running_or_notify_cancel()
    question.answer.set_result(None)
    question.give_up()
    assert cut == []


class TestAskTwice:
    """A connection that the server has dropped costs one more try, on a fresh one."""

    def test_the_second_try_counts(self) -> None:
        tries = iter([OperationalError("the server closed the connection"), None])

        def query() -> str:
            if error := next(tries):
                raise error
            return "answer"

        assert ask_twice(query) == "answer"

    @pytest.mark.parametrize(("is_late", "expected"), [(False, 2), (True, 1)])
    def test_there_is_no_third_and_no_second_when_it_is_late(self, is_late: bool, expected: int) -> None:
        tries = []

        def query() -> None:
            tries.append(1)
            raise OperationalError("still away")

        with pytest.raises(OperationalError):
            ask_twice(query, lambda: is_late)
        assert len(tries) == expected


@pytest.mark.django_db
def test_each_new_connection_is_told_its_limit_once() -> None:
    limit = StatementLimit(1234)
    shown = {"sqlite": "PRAGMA busy_timeout", "postgresql": "SHOW statement_timeout"}[connection.vendor]
    with connection.cursor() as cursor:
        before = cursor.execute(shown).fetchone()
        try:
            with connection.execute_wrapper(limit):
                cursor.execute("SELECT 1")
                told = limit._told
                assert cursor.execute(shown).fetchone() in [(1234,), ("1234ms",)]
            assert told is connection.connection
        finally:
            cursor.execute(LIMITS[connection.vendor].format(before[0] or "DEFAULT"))
