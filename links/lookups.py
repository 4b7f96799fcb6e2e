"""Asks the database on behalf of scans and polls that cannot wait for it: few threads, a deadline, a breaker.

A frozen server honours no statement_timeout, and a thread that waits for it waits for ever. Here only the threads of
a small pool ever wait. At the deadline the asker goes on without an answer, and the socket under the waiting thread is
shut down, which wakes the thread with an error: it closes that connection and is there for the next question. So none
is lost to a dead connection and none has to be replaced. Only connecting cannot be cut short in this way; settings
bound it with connect_timeout. ThreadPoolExecutor joins its threads when the interpreter ends, which a frozen database
would prevent, and tells nobody which thread, hence which connection, is late; this pool is smaller than it.
"""

import logging
import os
import queue
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Protocol, TypeVar

from django.db import DEFAULT_DB_ALIAS, Error, InterfaceError, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)

T = TypeVar("T")

PROBE_SECONDS = 0.5
# What the server itself is asked to give up after: a thread that is cut loose leaves its statement behind, and a
# hundred of those waiting for one lock would be all connections that PostgreSQL has.
STATEMENT_SECONDS = 1.0
LIMITS = {"postgresql": "SET statement_timeout = {}", "sqlite": "PRAGMA busy_timeout = {}"}


class DatabaseAway(Exception):
    """The database did not answer in time, answered with an error, or was not asked because it just did so."""


class Question:
    """A query on its way to the database."""

    def __init__(self, query: Callable[[], Any]) -> None:
        self.query = query
        self.answer: Future[Any] = Future()
        self.is_late = False
        self.asked_on: BaseDatabaseWrapper | None = None

    def give_up(self) -> None:
        """Nobody waits any longer: never ask it, or wake the thread that is asking."""
        self.is_late = True
        if not self.answer.cancel() and self.asked_on is not None and not self.answer.done():
            _cut(self.asked_on)


class Askers:
    """A fixed number of daemon threads, each with a database connection of its own, started by the first question."""

    def __init__(self, threads: int, name: str, statement_seconds: float) -> None:
        self._names = [f"{name}-{number}" for number in range(threads)]
        self._milliseconds = int(statement_seconds * 1000)
        self._questions: queue.SimpleQueue[Question] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._is_started = False
        self.answered_at = 0.0  # by time.monotonic()

    def ask(self, query: Callable[[], T], seconds: float) -> T:
        """The query's answer or its error; TimeoutError when neither comes in time."""
        question = self._put(query)
        try:
            answer: T = question.answer.result(seconds)
        except TimeoutError:
            question.give_up()
            raise
        return answer

    def connect(self) -> None:
        """Have every thread connect now, without waiting: the first scans need not."""
        for _ in self._names:
            self._put(connection.ensure_connection)

    def _put(self, query: Callable[[], Any]) -> Question:
        # Here and not in __init__: threads do not survive a fork, and the server forks after the settings are read.
        if not self._is_started:
            self._start()
        question = Question(query)
        self._questions.put(question)
        return question

    def _start(self) -> None:
        with self._lock:
            if not self._is_started:
                for name in self._names:
                    threading.Thread(target=self._answer_for_ever, name=name, daemon=True).start()
                self._is_started = True

    def _answer_for_ever(self) -> None:
        own = connections[DEFAULT_DB_ALIAS]  # this thread's
        own.execute_wrappers.append(StatementLimit(self._milliseconds))
        while True:
            self._answer(self._questions.get(), own)

    def _answer(self, question: Question, own: BaseDatabaseWrapper) -> None:
        question.asked_on = own
        if not question.answer.set_running_or_notify_cancel():
            return
        try:
            found = ask_twice(question.query, lambda: question.is_late)
        except BaseException as error:
            question.answer.set_exception(error)
        else:
            self.answered_at = time.monotonic()
            question.answer.set_result(found)


class StatementLimit:
    """Tells each new connection of one thread, before its first statement, how long a statement may take."""

    def __init__(self, milliseconds: int) -> None:
        self._milliseconds = milliseconds
        self._told: object = None

    def __call__(self, execute: Callable[..., T], sql: str, params: Any, many: bool, context: dict[str, Any]) -> T:
        wrapper = context["connection"]
        if wrapper.connection is not self._told:
            with wrapper.wrap_database_errors:
                wrapper.connection.execute(LIMITS[wrapper.vendor].format(self._milliseconds))
            self._told = wrapper.connection
        return execute(sql, params, many, context)


def ask_twice(query: Callable[[], T], is_late: Callable[[], bool] = lambda: False) -> T:
    """Ask again on a fresh connection: nothing else closes one that the database has dropped meanwhile."""
    try:
        return query()
    except (OperationalError, InterfaceError):
        connection.close()
        if is_late():
            raise
    try:
        return query()
    except (OperationalError, InterfaceError):
        connection.close()
        raise


def _cut(asked_on: BaseDatabaseWrapper) -> None:
    """Shut down the socket under a thread that waits for the server; SQLite has none and its own time limit."""
    raw = asked_on.connection
    # Whatever happens: the connection may be closed, and its file number gone, while this is looking.
    with suppress(Exception), socket.socket(fileno=os.dup(raw.fileno())) as duplicate:
        duplicate.shutdown(socket.SHUT_RDWR)


class Lookups(Protocol):
    """Who asks the database for the resolver."""

    is_away: bool

    def connect(self) -> None:
        """Connect ahead of the first question, which then need not wait for that; returns at once."""

    def ask(self, query: Callable[[], T]) -> T:
        """The query's answer; raises DatabaseAway."""


class DirectLookups:
    """Asks in the caller's thread, however long it takes: for commands, and for tests inside a transaction."""

    is_away = False

    def connect(self) -> None:
        """The first question connects."""

    def ask(self, query: Callable[[], T]) -> T:
        try:
            return ask_twice(query)
        except Error as error:
            raise DatabaseAway(str(error)) from error


class GuardedLookups:
    """Asks with a deadline. After one is missed nobody asks until a probe, for which nobody waits, is answered."""

    def __init__(self, threads: int, seconds: float) -> None:
        # Who asked is answered within `seconds`; the statement may take longer, for a probe or a slow connection.
        self._patience = max(seconds, STATEMENT_SECONDS)
        self._askers = Askers(threads, "look-up", self._patience)
        self._seconds = seconds
        self._lock = threading.Lock()
        self.is_away = False

    def connect(self) -> None:
        self._askers.connect()

    def ask(self, query: Callable[[], T]) -> T:
        if self.is_away:
            raise DatabaseAway("The database is away and is asked again every second.")
        began = time.monotonic()
        try:
            return self._askers.ask(query, self._seconds)
        except TimeoutError:
            # With others answered meanwhile the database is there: this question stood too far behind in the queue.
            if self._askers.answered_at < began:
                self._open(query, f"no answer within {self._seconds * 1000:.0f} ms")
            raise DatabaseAway("The database did not answer in time.") from None
        except (OperationalError, InterfaceError) as error:
            self._open(query, str(error))
            raise DatabaseAway(str(error)) from error
        except Error as error:  # the query's own fault, or the schema's
            raise DatabaseAway(str(error)) from error

    def _open(self, query: Callable[[], Any], reason: str) -> None:
        with self._lock:
            if self.is_away:
                return
            self.is_away = True
        logger.warning("The database is away (%s): scans are answered from memory and from the snapshot.", reason)
        threading.Thread(target=self._probe, args=(query,), name="database-probe", daemon=True).start()

    def _probe(self, query: Callable[[], Any]) -> None:
        """Ask what was not answered until it is. A locked table is away as well, so no simpler query would do."""
        while self.is_away:
            time.sleep(PROBE_SECONDS)
            try:
                self._askers.ask(query, self._patience)
            except (TimeoutError, Error):
                continue
            except Exception:
                logger.exception("The database answers, but not as it should.")
            self.is_away = False
        logger.warning("The database is back.")
