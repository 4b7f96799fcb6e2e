"""Questions to parts that may be frozen: asked in a thread of their own, so that whoever asks has a deadline.

A frozen database honours no timeout of its own, and a frozen Redis takes connections and never answers.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class Unanswered(Exception):
    """No answer within the deadline; the message says how long it was."""


class Probe(Generic[T]):
    """One question. It is asked once at a time: while an asking hangs nobody starts another, or waits for it again."""

    def __init__(self, question: Callable[[], T]) -> None:
        self._question = question
        self._lock = threading.Lock()
        self._asking: Future[T] | None = None
        self._asked_at = 0.0

    def ask(self, *, patience: float, max_age: float = 0.0) -> T:
        """The answer of an asking at most `max_age` seconds old, waited for until it is `patience` seconds old.

        Raises Unanswered, or whatever the question raises.
        """
        with self._lock:
            if self._asking is None or (self._asking.done() and time.monotonic() - self._asked_at >= max_age):
                self._asking, self._asked_at = self._begin(), time.monotonic()
            asking, waited = self._asking, time.monotonic() - self._asked_at
        try:
            return asking.result(max(0.0, patience - waited))
        except TimeoutError:
            if asking.done():  # just now, or it is the question that raised this
                return asking.result()
            raise Unanswered(f"no answer within {patience:g} seconds") from None

    def _begin(self) -> Future[T]:
        asking: Future[T] = Future()
        # Not an executor: the interpreter waits for an executor's threads when it ends, and this one may hang.
        threading.Thread(target=self._answer, args=(asking,), name="probe", daemon=True).start()
        return asking

    def _answer(self, asking: Future[T]) -> None:
        try:
            asking.set_result(self._question())
        except BaseException as error:  # told to whoever asked
            asking.set_exception(error)
