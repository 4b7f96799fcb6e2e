"""The product as `make run` serves it, on any number of ports, and a folder full of codes.

The environment must be set before Django is imported, and it is this process's own: hence the imports in functions.
"""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.asking import Asker
from benchmarks.load import Cores, Unfit
from benchmarks.servers import clean_environment, command_of, running, wait_for
from benchmarks.traffic import Printed, Rule

# One link in so many decides by device, system and language.
LINKS_PER_RULES = 5
SHIPPER_SECONDS = 120.0


def prepare(data_dir: Path, n: int, **more: str) -> list[Printed]:
    """Set the product up in an empty folder, with `n` codes; on SQLite where `more` of the environment says nothing."""
    environment = clean_environment() | {
        "DATA_DIR": str(data_dir),
        "PUBLIC_URL": "http://127.0.0.1",
        "WEB_WORKERS": "1",
        # The load generator is the proxy, and says which phone it speaks for.
        "TRUSTED_PROXIES": "127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "qrplatform.settings",
        **more,
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


def _make_codes(n: int) -> list[Printed]:
    from accounts.models import Workspace
    from links import codes
    from links.models import Code, Domain, Link
    from links.rules import parse_rules

    workspace = Workspace.objects.create(name="Benchmark", slug="benchmark", timezone="Europe/Berlin")
    site = Domain.objects.get(is_site=True)
    # A checked link: otherwise every edit of one asks for a check.
    links = [Link(workspace=workspace, destination=_shop(number), verdict=Link.Verdict.SAFE) for number in range(n)]
    rules = _rules_of(n)
    for number, decided in rules.items():
        links[number].rules = parse_rules(decided)
    links = Link.objects.bulk_create(links, batch_size=5000)
    drawn: set[str] = set()
    while len(drawn) < n:
        drawn.add(codes.generate())
    paths = sorted(drawn)
    Code.objects.bulk_create(
        (Code(domain=site, link=link, path=path, canonical=path) for link, path in zip(links, paths, strict=True)),
        batch_size=5000,
    )
    return [
        Printed(f"/{path}", link.destination, rules.get(number, ()))
        for number, (path, link) in enumerate(zip(paths, links, strict=True))
    ]


def _shop(number: int) -> str:
    return f"https://shop.example.com/products/{number}?from=print"


def _rules_of(n: int) -> dict[int, list[Rule]]:
    """Link number to its rules: by device, system and language together and one by one."""
    every: list[tuple[str, dict[str, list[str]]]] = [
        ("ios-fr", {"device": ["phone"], "os": ["iOS"], "language": ["fr"]}),
        ("ios", {"device": ["phone"], "os": ["iOS"]}),
        ("android", {"os": ["Android"], "language": ["de", "fr"]}),
        ("tr", {"language": ["tr"]}),
    ]
    return {
        number: [{"when": when, "destination": f"{_shop(number)}&to={name}"} for name, when in every]
        for number in range(0, n, LINKS_PER_RULES)
    }


def environment_of(folder: Path, port: int, workers: int, threads: int) -> dict[str, str]:
    """What supervisord would run a web server with; `folder` holds its pid and its log only."""
    from qrplatform.stack.__main__ import stack_environment

    (folder / "run").mkdir(parents=True, exist_ok=True)
    return stack_environment() | {
        "STACK_DATA_DIR": str(folder),
        "STACK_PORT": str(port),
        "STACK_WEB_WORKERS": str(workers),
        "PORT": str(port),
        "WEB_WORKERS": str(workers),
        "BLOCKING_THREADS": str(threads),
        "ROLE": "redirect" if threads == 2 else "all",
    }


@contextmanager
def program(name: str, data_dir: Path, cores: frozenset[int], *, gives_way: bool = False) -> Iterator[int]:
    """One of the programs beside the web server: redis, ship."""
    from qrplatform.stack.__main__ import stack_environment

    environment = stack_environment()
    command = [*(["nice", "-n", "19"] if gives_way else []), *command_of(name, environment)]
    with running(command, data_dir / "logs" / f"{name}.log", cores, environment) as pid:
        yield pid


@contextmanager
def redis_and_shipper(data_dir: Path, cores: Cores) -> Iterator[None]:
    """On the cores that the web server does not use, as on any larger host; the load generator there goes first."""
    with ExitStack() as programs:
        for name in ("redis", "ship"):
            programs.enter_context(program(name, data_dir, cores.load, gives_way=True))
        yield


@contextmanager
def web(folder: Path, port: int, cores: frozenset[int], *, workers: int, threads: int) -> Iterator[int]:
    """A web server, by its pid, on the server's cores; several may serve one data folder."""
    environment = environment_of(folder, port, workers, threads)
    with running(command_of("web", environment), folder / "web.log", cores, environment) as pid:
        wait_for(port)
        _open_a_page(port)
        yield pid


def _open_a_page(port: int) -> None:
    """Django imports its URLconf and everything behind it for its first request only."""
    with Asker(port) as asker:
        if (answer := asker.ask(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")).status != 200:
            raise Unfit(f"/healthz answered {answer}")


def journalled() -> int:
    """How many scans are in the journal; every one, or nothing is measured."""
    from django.conf import settings

    from links.counters import totals

    sums = totals(settings.COUNTERS_DIR)
    if sums["lost"]:
        raise Unfit(f"{sums['lost']} scans were answered and not journalled")
    return sums["journalled"]


def wait_for_the_shipper() -> None:
    """Until it has caught up or the stream is full: it shares the load generator's core."""
    from django.conf import settings

    from links.counters import totals

    deadline, before = time.monotonic() + SHIPPER_SECONDS, -1
    while (shipped := totals(settings.COUNTERS_DIR)["shipped"]) != before and time.monotonic() < deadline:
        before = shipped
        time.sleep(2)
