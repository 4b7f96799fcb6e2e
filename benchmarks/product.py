"""The product as `make run` serves it, with one web worker and a folder full of codes.

The environment must be set before Django is imported, and it is this process's own: hence the imports in functions.
"""

import http.client
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.load import Cores, Unfit
from benchmarks.servers import clean_environment, command_of, running, wait_for


def prepare(data_dir: Path, port: int, n: int) -> dict[str, str]:
    """Set the product up on SQLite in an empty folder; returns `n` paths with their destinations."""
    environment = clean_environment() | {
        "DATA_DIR": str(data_dir),
        "PORT": str(port),
        "WEB_WORKERS": "1",
        "DJANGO_SETTINGS_MODULE": "qrplatform.settings",
    }
    os.environ.clear()
    os.environ.update(environment)
    import django
    from django.core.management import call_command

    from qrplatform.stack.preflight import make_folders

    django.setup()
    make_folders(data_dir)
    call_command("prepare", verbosity=0)
    return _make_codes(n)


def _make_codes(n: int) -> dict[str, str]:
    from accounts.models import Workspace
    from links import codes
    from links.models import Code, Domain, Link

    workspace = Workspace.objects.create(name="Benchmark", slug="benchmark", timezone="Europe/Berlin")
    site = Domain.objects.get(is_site=True)
    links = Link.objects.bulk_create(
        Link(workspace=workspace, destination=f"https://shop.example.com/products/{number}?from=print")
        for number in range(n)
    )
    paths: set[str] = set()
    while len(paths) < n:
        paths.add(codes.generate())
    made = Code.objects.bulk_create(
        Code(domain=site, link=link, path=path, canonical=path) for link, path in zip(links, sorted(paths), strict=True)
    )
    return {f"/{code.path}": code.link.destination for code in made}


@contextmanager
def running_product(data_dir: Path, cores: Cores) -> Iterator[int]:
    """The web server, by its pid, on the server's core; Redis and ship_scans on the other, as on any larger host."""
    from qrplatform import settings
    from qrplatform.stack.__main__ import stack_environment

    environment = stack_environment()
    with ExitStack() as programs:
        for name, core in (("redis", cores.load), ("ship", cores.load), ("web", cores.server)):
            log = data_dir / "logs" / f"{name}.log"
            pid = programs.enter_context(running(command_of(name, environment), log, core, environment))
        wait_for(settings.PORT)
        _open_a_page(settings.PORT)
        yield pid  # the last one's: web


def _open_a_page(port: int) -> None:
    """Django imports its URLconf and everything behind it for its first request only."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/healthz")
    if (status := connection.getresponse().status) != 200:
        raise Unfit(f"/healthz answered {status}")
    connection.close()


def journalled() -> int:
    """How many scans are in the journal; every one, or nothing is measured."""
    from django.conf import settings

    from links.counters import totals

    sums = totals(settings.COUNTERS_DIR)
    if sums["lost"]:
        raise Unfit(f"{sums['lost']} scans were answered and not journalled")
    return sums["journalled"]
