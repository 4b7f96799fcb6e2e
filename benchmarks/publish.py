"""Turns figures into the tables of docs/performance.md, with machine and date."""

import ast
import os
import platform
import re
import subprocess
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs/performance.md"
BEGIN, END = "<!-- figures: written by make bench -->", "<!-- end of figures -->"

Figures = dict[str, float | None]

SERVERS = {
    "nginx": "nginx, `return 302` from a map, access log on",
    "product": "**the product**, 2 threads (`ROLE=redirect`)",
    "product_4_threads": "the product, 4 threads (`make run`)",
    "smallest_django_view": "a Django view that knows its answer, no middleware, granian",
    "django_view": "the same view, all middleware, granian",
    "smallest_gunicorn_django": "the same view, no middleware, gunicorn",
    "gunicorn_django": "the same view, all middleware, gunicorn",
    "healthz": "`/healthz` in the product's own process, one connection",
}
RATIOS = {
    "redirect_to_nginx": "at least 0.40",
    "redirect_4_threads_to_nginx": "",
    "p99_to_nginx": "at most 3",
    "p99_4_threads_to_nginx": "",
    "two_workers_to_one": "at least 1.7, with 4 cores or more",
    "two_workers_to_one_on_shared_cores": "none: load and workers share the cores",
    "redirect_to_smallest_django_view": "",
    "redirect_to_django_view": "",
    "redirect_to_smallest_gunicorn_django": "",
    "redirect_to_gunicorn_django": "",
    "redirect_to_healthz": "",
    "fresh_p99_ms_redis_up": "at most 1,000",
    "fresh_p99_ms_redis_frozen": "at most 1,000",
    "fresh_p99_ms_redis_stopped": "at most 1,000",
    "queries_of_1000_cold_scans": "1",
    "ingest_to_copy": "",
    "ingest_one_link_to_spread_postgresql": "at least 0.80",
    "ingest_one_link_to_spread_sqlite": "",
    "report_p95_ms_1m": "at most 50",
    "report_to_raw_count_1m": "",
    "svg_to_qrcode": "at least 5",
    "svg_stored_mask_to_qrcode": "at least 8",
    "gradient_to_qrcode": "at least 20",
    "rounded_gradient_to_qrcode": "",
    "svg_to_segno": "",
    "svg_to_qrencode": "",
}


def write(figures: Figures) -> None:
    """Put the tables between the two markers of the page."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"{PAGE.name} has lost the markers between which figures are written")
    PAGE.write_text(f"{before}{BEGIN}\n{tables(figures)}\n{END}{after}")


def tables(figures: Figures) -> str:
    """Ratios, servers, and whatever else was measured; Markdown."""
    left = dict(figures)
    ratios = [f"| `{name}` | {_text(left.pop(name))} | {aim} |" for name, aim in RATIOS.items() if name in left]
    columns = ("per_second", "p99_ms", "p99_ms_at_half", "processor_us")
    servers = [
        f"| {title} | {' | '.join(_text(left.pop(f'{name}_{column}', None)) for column in columns)} |"
        for name, title in SERVERS.items()
        if f"{name}_per_second" in figures
    ]
    others = [f"| `{name}` | {_text(figure)} |" for name, figure in left.items()]
    return "\n".join(
        [
            f"{date.today():%-d %B %Y}, {machine()}.",
            *("", "| figure | | aim |", "|---|---:|---|", *ratios),
            *("", "| server | per second | p99, ms | p99 at half of that, ms | processor, µs |"),
            *("|---|---:|---:|---:|---:|", *servers),
            *("", "| other figures | |", "|---|---:|", *others),
        ]
    )


def _text(figure: float | None) -> str:
    return "–" if figure is None else f"{figure:,}"


def machine() -> str:
    """What the figures were made on and with."""
    cpuinfo = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.*)", cpuinfo.read_text()) if cpuinfo.exists() else None
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    # Distributions build theirs with profile-guided optimisation, which shows in no build variable.
    whose = "the distribution's" if Path(sys.executable).resolve().parts[:3] == ("/", "usr", "bin") else "another build"
    return (
        f"{found[1] if found else platform.machine()}, {cores} cores, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()} ({sys.implementation.name}, {whose}), "
        f"uvicorn {version('uvicorn')}, uvloop {version('uvloop')}, granian {version('granian')}, "
        f"gunicorn {version('gunicorn')}, nginx {_version('nginx', '-v')}, "
        f"wrk {_version('wrk', '-v')}"
    )


def _version(program: str, option: str) -> str:
    """The first version number in what a program says of itself."""
    try:
        told = subprocess.run([program, option], capture_output=True, text=True)
    except FileNotFoundError:
        return "not installed"
    found = re.search(r"\d+\.\d[\d.]*", told.stdout + told.stderr)
    return found[0] if found else "of unknown version"


def first_sentence(script: Path) -> str:
    """What a script says it is for."""
    return (ast.get_docstring(ast.parse(script.read_text())) or "").split("\n\n")[0].replace("\n", " ")
