"""`make bench`: every benchmark, one after the other; the figures go into docs/performance.md.

ARGS=--quick takes a few minutes and writes nothing, ARGS=--json prints one JSON object of named figures last.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from benchmarks import publish

HERE = Path(__file__).parent
# Name of the script and whether it has a quick form.
SCRIPTS = {
    "redirect": True,
    "two_workers": True,
    "freshness": True,
    "coalescing": False,
    "hot_path": False,
    "resolver": False,
    "enrich": False,
    "batches": False,
    "certificate": False,
    "qr": True,
    "ingest": True,
    "reports": True,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object of named figures last")
    parser.add_argument("--quick", action="store_true", help="short rounds; nothing is written")
    options = parser.parse_args()
    figures: publish.Figures = {}
    refused = []
    for name, has_quick in SCRIPTS.items():
        if not (script := HERE / f"{name}.py").exists():
            continue
        print(f"\n=== {name}: {publish.first_sentence(script)}", flush=True)
        found = run(script, ["--json", *(["--quick"] if options.quick and has_quick else [])])
        if found is None:
            refused.append(name)
        else:
            figures |= found
    if refused:
        print(f"\nNothing is published, as these had no figures: {', '.join(refused)}.", file=sys.stderr)
        return 1
    print(f"\n{publish.tables(figures)}")
    if not options.quick:
        publish.write(figures)
    if options.json:
        print(json.dumps(figures))
    return 0


def run(script: Path, arguments: list[str]) -> publish.Figures | None:
    """Run one benchmark in a process of its own and let it talk; None when it refuses."""
    command = [sys.executable, str(script), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        last = ""
        for line in process.stdout:
            if not line.startswith("{"):
                print(line, end="", flush=True)
            last = line
    figures: publish.Figures | None = json.loads(last) if process.returncode == 0 else None
    return figures


if __name__ == "__main__":
    sys.exit(main())
