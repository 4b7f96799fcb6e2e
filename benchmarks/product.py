"""The product as `make run` serves it, with one web worker and a folder full of codes.

The environment must be set before Django is imported, and it is this process's own: hence the imports in functions.
"""

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
def running_product(data_dir: Path, cores: Cores) -> Iterator[None]:
    """The web server on the server's core; on the other, as on a host with more than one, Redis and ship_scans."""
    from qrplatform import settings
    from qrplatform.stack.__main__ import stack_environment

    environment = stack_environment()
    with ExitStack() as programs:
        for name, core in (("redis", cores.load), ("ship", cores.load), ("web", cores.server)):
            log = data_dir / "logs" / f"{name}.log"
            programs.enter_context(running(command_of(name, environment), log, core, environment))
        wait_for(settings.PORT)
        yield


def journalled() -> int:
    """How many scans are in the journal; every one, or nothing is measured."""
    from django.conf import settings

    from links.counters import totals

    sums = totals(settings.COUNTERS_DIR)
    if sums["lost"]:
        raise Unfit(f"{sums['lost']} scans were answered and not journalled")
    return sums["journalled"]


def places_in_django() -> int:
    """As many requests as the gate lets into Django at once; it answers 503 to more."""
    from django.conf import settings

    return max(1, int(settings.BLOCKING_THREADS) - 1)
