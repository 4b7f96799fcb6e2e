"""The gate between RedirectFront and Django."""

import threading
from collections.abc import Iterable
from typing import Any

from links.admission import Admission


class SlowDjango:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.closed = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("fail"):
            raise LookupError("unknown encoding")
        if environ.get("slow"):
            self.go_on.wait(10)
        start_response("200 OK", [])
        return self

    def __iter__(self) -> Any:
        return iter([b"ok"])

    def close(self) -> None:
        self.closed += 1


def ask(app: Admission, **environ: object) -> str:
    statuses: list[str] = []
    body = app(environ, lambda status, headers: statuses.append(status))
    b"".join(body)
    if close := getattr(body, "close", None):
        close()
    return statuses[0]


def test_more_than_its_places_are_told_to_come_back() -> None:
    django = SlowDjango()
    app = Admission(django, 3)
    threads = [threading.Thread(target=ask, args=(app,), kwargs={"slow": True}) for _ in range(3)]
    for thread in threads:
        thread.start()
    while app._gate._value:  # the three are in
        pass
    assert ask(app) == "503 Service Unavailable"
    django.go_on.set()
    for thread in threads:
        thread.join()
    assert ask(app) == "200 OK"
    assert django.closed == 4


def test_health_is_told_while_every_place_is_held() -> None:
    django = SlowDjango()
    app = Admission(django, 1)
    slow = [threading.Thread(target=ask, args=(app,), kwargs={"slow": True, "PATH_INFO": "/w"}) for _ in range(1)]
    slow[0].start()
    while app._gate._value:
        pass
    assert ask(app, PATH_INFO="/w") == "503 Service Unavailable"
    for _ in range(3):
        assert ask(app, PATH_INFO="/readyz") == "200 OK"
    slow.append(threading.Thread(target=ask, args=(app,), kwargs={"slow": True, "PATH_INFO": "/readyz"}))
    slow[1].start()
    while app._side_gate._value:
        pass
    assert ask(app, PATH_INFO="/readyz") == "503 Service Unavailable", "one at a time"
    django.go_on.set()
    for thread in slow:
        thread.join()
    assert ask(app, PATH_INFO="/w") == "200 OK"


class Plain(list[bytes]):
    """A response whose whole body is there, as nearly all of Django's are."""

    streaming = False
    is_closed = False

    def close(self) -> None:
        self.is_closed = True


def test_the_place_of_a_finished_answer_is_free_before_it_is_sent() -> None:
    answers: list[Plain] = []

    def django(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [])
        answers.append(Plain([b"o", b"k"]))
        return answers[-1]

    app = Admission(django, 1)
    for _ in range(3):
        # The server has not closed the answer before.
        assert app({}, lambda status, headers: None) == [b"ok"]
    assert all(answer.is_closed for answer in answers)


def test_a_request_that_django_cannot_read_is_a_400_and_gives_its_place_back() -> None:
    app = Admission(SlowDjango(), 1)
    for _ in range(3):
        assert ask(app, fail=True) == "400 Bad Request"
    assert ask(app) == "200 OK"
