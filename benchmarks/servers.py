"""The servers that are compared: programs of supervisord.conf, and nginx with a map; own folder, own port, loopback."""

import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from configparser import RawConfigParser
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from benchmarks.load import Unfit, find_program, on_cores
from benchmarks.traffic import Printed

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30.0

NGINX = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.errors;
events {{ worker_connections 1024; }}
http {{
    # As the product's journal: one line a scan, written before the next one is read (nginx's default).
    access_log {folder}/nginx.access;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    # The product does not close connections after so many requests either.
    keepalive_requests 1000000000;
    map_hash_max_size 65536;
    map_hash_bucket_size 128;
    map $uri $destination {{ include {folder}/nginx.map; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            if ($destination = "") {{ return 404; }}
            return 302 $destination;
        }}
    }}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    command: list[str], log: Path, cores: Iterable[int] = (), env: Mapping[str, str] | None = None
) -> Iterator[int]:
    """A process, by its pid, that is gone afterwards and leads a session of its own."""
    with log.open("wb") as output, on_cores(cores):
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output, start_new_session=True)
    try:
        yield process.pid
        if process.poll() is not None:
            raise Unfit(f"{log.stem} ended meanwhile")
    except Unfit as reason:
        raise Unfit(f"{reason}\nIts log ends with:\n{log.read_text()[-1000:]}") from reason
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def processor_seconds(session: int) -> float:
    """What a server and its workers have computed so far, in user and kernel; 0 where there is no /proc."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) == session:
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def command_of(program: str, environment: Mapping[str, str]) -> list[str]:
    """How `make run` starts a program."""
    configuration = RawConfigParser(inline_comment_prefixes=None)
    configuration.read(ROOT / "qrplatform/stack/supervisord.conf")
    command = configuration[f"program:{program}"]["command"]
    return shlex.split(re.sub(r"%\(ENV_(\w+)\)s", lambda found: environment[found[1]], command))


@contextmanager
def nginx(folder: Path, port: int, codes: Iterable[Printed], cores: Iterable[int]) -> Iterator[int]:
    """One worker that answers 302 from a map of path to destination."""
    (folder / "nginx.map").write_text("".join(f"{code.path} {code.destination};\n" for code in codes))
    configuration = folder / "nginx.conf"
    configuration.write_text(NGINX.format(folder=folder, port=port))
    with running([find_program("nginx"), "-c", str(configuration)], folder / "nginx.log", cores) as pid:
        wait_for(port)
        yield pid


def lines_of_nginx(folder: Path) -> int:
    """How many answers nginx has logged."""
    with (folder / "nginx.access").open("rb") as log:
        return sum(chunk.count(b"\n") for chunk in iter(partial(log.read, 1 << 20), b""))


@contextmanager
def django(
    folder: Path, port: int, settings: str, cores: Iterable[int], environment: Mapping[str, str], *, gunicorn: bool
) -> Iterator[int]:
    """Django by itself, one worker: under granian, the fastest that was found, or under gunicorn."""
    if gunicorn:
        options = ["--workers", "1", "--threads", environment["BLOCKING_THREADS"], "--keep-alive", "60"]
        address = ["--bind", f"127.0.0.1:{port}", "--no-control-socket"]
        command = ["-m", "gunicorn", "django.core.wsgi:get_wsgi_application()", *options, *address]
    else:
        options = ["--workers", "1", "--blocking-threads", environment["BLOCKING_THREADS"], "--http", "1", "--no-ws"]
        address = ["--host", "127.0.0.1", "--port", str(port), "--backlog", "2048", "--backpressure", "1024"]
        application = ["--interface", "wsgi", "--factory", "django.core.wsgi:get_wsgi_application"]
        command = ["-m", "granian", *application, *options, *address, "--no-access-log"]
    environment = {**environment, "DJANGO_SETTINGS_MODULE": settings}
    with running([sys.executable, *command], folder / f"{settings}-{port}.log", cores, environment) as pid:
        wait_for(port)
        yield pid


def wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError as error:
            if time.monotonic() > deadline:
                raise Unfit(f"Nothing answers on port {port}: {error}") from error
        time.sleep(0.05)


def clean_environment() -> dict[str, str]:
    """This shell's environment without what configures another instance of the product."""
    ours = re.compile(
        r"^(DJANGO_|STACK_|DATA_DIR$|HOST$|PORT$|PUBLIC_URL$|DATABASE_URL$|REDIS_URL$|DEBUG$"
        r"|ROLE$|WEB_WORKERS$|BLOCKING_THREADS$|TRUSTED_PROXIES$|JOURNAL_|RESOLVER_)"
    )
    return {name: value for name, value in os.environ.items() if not ours.match(name)}
