"""`python -m qrplatform.stack`: from a free data folder to a served product, and back to nothing on Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
from types import FrameType
from typing import NoReturn

from qrplatform import settings
from qrplatform.stack import preflight
from qrplatform.stack.console import LogWatch, answers, say
from qrplatform.stack.embedded_redis import START_SECONDS, find_server, is_answering
from qrplatform.stack.leftovers import MARK, end_leftovers
from qrplatform.stack.supervisor import running_supervisord, start

# After this long without an answer the console says where to look, and goes on waiting.
SLOW_SECONDS = 30.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop(Exception):
    """Somebody asked for an end: Ctrl-C, SIGTERM, or a closed terminal."""


def main() -> int:
    for number in _SIGNALS:
        signal.signal(number, _stop)
    try:
        preflight.refuse_long_path(settings.DATA_DIR)
        preflight.make_folders(settings.DATA_DIR)
        with preflight.only_run(settings.DATA_DIR):
            run()
    except preflight.Refused as refusal:
        say(str(refusal))
        return 1
    except Stop:
        say("Stopped.")
    return 0


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    """Unwind to main, stopping everything on the way; a second Ctrl-C must not interrupt that."""
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    say("\nStopping…")
    raise Stop


def run() -> None:
    """Start in the order in which parts need each other, then watch until somebody asks for an end."""
    if left := end_leftovers(settings.DATA_DIR):
        say(f"Ended what an earlier run had left: {', '.join(left)}.")
    preflight.refuse_taken_port(settings.HOST, settings.PORT)
    watch = LogWatch(settings.DATA_DIR / "logs")
    environment = stack_environment()
    with running_supervisord(settings.DATA_DIR, environment) as supervisord:
        check_redis()
        prepare(environment)
        start(settings.DATA_DIR, "product:web")
        watch_over(supervisord, watch)


def stack_environment() -> dict[str, str]:
    """What the programs run with: this process' environment, and what supervisord.conf fills in."""
    values = {
        "DATA_DIR": settings.DATA_DIR,
        "HOST": settings.HOST,
        "PORT": settings.PORT,
        "PUBLIC_URL": settings.PUBLIC_URL,
        "BLOCKING_THREADS": settings.BLOCKING_THREADS,
        "PYTHONUNBUFFERED": 1,
        MARK: settings.DATA_DIR,
        "STACK_PYTHON": sys.executable,
        "STACK_HOST": settings.HOST,
        "STACK_PORT": settings.PORT,
        "STACK_WEB_WORKERS": settings.WEB_WORKERS,
        "STACK_EMBEDDED_REDIS": settings.REDIS_IS_EMBEDDED,
        "STACK_REDIS_SERVER": find_server() if settings.REDIS_IS_EMBEDDED else "",
    }
    return dict(os.environ) | {name: str(value) for name, value in values.items()}


def check_redis() -> None:
    """Wait for our own Redis; one of the operator's may be away, as phones arrive without it."""
    if settings.REDIS_IS_EMBEDDED:
        say("Redis: one of our own in the data folder, for evaluation. Set REDIS_URL to use a real one.")
        if not is_answering(settings.REDIS_URL, within=START_SECONDS):
            raise preflight.Refused(f"Redis did not start; {settings.DATA_DIR / 'logs/redis.log'} says why.")
    elif not is_answering(settings.REDIS_URL, within=0):
        say("Redis at REDIS_URL does not answer. Scans are kept on disk and counted when it does.")
    else:
        for warning in preflight.weaknesses_of_redis(settings.REDIS_URL):
            say(warning)


def prepare(environment: dict[str, str]) -> None:
    """Migrate and the like; in a session of its own, so that Ctrl-C is ours to handle."""
    command = [sys.executable, "manage.py", "prepare", "--demo"]
    finished = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, start_new_session=True)
    if finished.returncode:
        raise preflight.Refused("The database could not be prepared; the lines above say why.")


def watch_over(supervisord: subprocess.Popen[bytes], watch: LogWatch) -> None:
    """Say when the product answers and what its logs warn of, for as long as it runs.

    The rest starts when the web server answers, so that the server need not share the processor with it until then.
    """
    began, is_ready, is_complete = time.monotonic(), False, False
    while supervisord.poll() is None:
        if not is_ready and (is_ready := answers(settings.HOST, settings.PORT, settings.PUBLIC_URL)):
            say(f"Ready: {settings.PUBLIC_URL}   (Ctrl-C stops it; data and logs are in {settings.DATA_DIR})")
        is_slow = not is_ready and time.monotonic() - began > SLOW_SECONDS
        if not is_complete and (is_ready or is_slow):
            start(settings.DATA_DIR, "product:*")
            is_complete = True
            if is_slow:
                say(f"Still no answer; the logs in {settings.DATA_DIR / 'logs'} may say why.")
        for line in watch.new_warnings():
            say(line)
        time.sleep(0.5 if is_ready else 0.1)
    raise preflight.Refused("supervisord was ended from outside, and with it everything it had started.")


if __name__ == "__main__":
    sys.exit(main())
