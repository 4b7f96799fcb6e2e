"""How many codes a second one core puts into a batch's ZIP or on its labels, and how its memory grows with codes."""

import argparse
import json
import statistics
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it also runs as a script

from benchmarks import product

if TYPE_CHECKING:
    from links.batches.models import Batch

CODES = 1_000
MANY = 10_000
# What a batch is asked for by: a format of pictures, or this.
LABELS = "labels"
ROUNDS = 3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object of named figures last")
    parser.add_argument("--memory", action="store_true", help="also how memory grows; traced, so it takes minutes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="qrp-bench-") as folder:
        product.prepare(Path(folder) / "data", MANY)
        figures = {
            "batch_per_second": speed_of("svg", is_first=True),
            "batch_redrawn_per_second": speed_of("svg", is_first=False),
            "batch_png_per_second": speed_of("png", is_first=False),
            "batch_labels_per_second": speed_of(LABELS, is_first=False),
            "batch_labels_checked_per_second": checked(),
        }
        if options.memory:
            figures["batch_kb_more_for_10_times_the_codes"] = growth("svg")
            figures["batch_labels_kb_more_for_10_times_the_codes"] = growth(LABELS)
    for name, figure in figures.items():
        print(f"{name:44}{figure:12,}")
    if options.json:
        print(json.dumps(figures))
    return 0


def speed_of(extension: str, *, is_first: bool) -> int:
    """Codes a second of processor time: other programs on the machine do not count. The first drawing makes symbols."""
    return round(statistics.median(CODES / seconds_of(CODES, extension, is_first=is_first) for _ in range(ROUNDS)))


def seconds_of(count: int, extension: str, *, is_first: bool) -> float:
    from links.batches import job
    from links.models import Code

    ids = list(Code.objects.order_by("pk").values_list("pk", flat=True)[:count])
    if is_first:
        Code.objects.filter(pk__in=ids).update(picture=None)
    batch = _asked(ids, extension)
    before = time.process_time()
    job.work_off(3600)
    seconds = time.process_time() - before
    batch.refresh_from_db()
    if batch.codes_drawn != count or batch.state != "done":
        raise RuntimeError(f"{batch.codes_drawn} of {count} codes were drawn: {batch.failed}")
    batch.delete()
    return seconds


def checked() -> int:
    """Codes a second of which it is found out whether they fit on their labels, while somebody waits."""
    from links.models import Code

    ids = list(Code.objects.order_by("pk").values_list("pk", flat=True)[:MANY])
    before = time.process_time()
    _asked(ids, LABELS).delete()
    return round(len(ids) / (time.process_time() - before))


def _asked(ids: list[int], extension: Any) -> "Batch":
    from accounts.models import Workspace
    from links.actions import NOBODY
    from links.batches.actions import request_batch
    from links.batches.outputs import Labels
    from links.batches.sources import chosen_codes
    from links.qr.sheets import named_sheets
    from links.studio.files import Output

    source = chosen_codes(list(Workspace.objects.all()), ids)
    labels = Labels(named_sheets()["avery-l7160"], captions=("title", "address"))
    return request_batch(source, labels if extension == LABELS else Output(extension), actor=NOBODY)


def growth(extension: str) -> int:
    """Kilobytes by which the highest memory of a batch of MANY codes is above that of CODES, symbols being there."""
    return (_peak_of(MANY, extension) - _peak_of(CODES, extension)) // 1024


def _peak_of(count: int, extension: str) -> int:
    tracemalloc.start()
    try:
        seconds_of(count, extension, is_first=False)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


if __name__ == "__main__":
    sys.exit(main())
