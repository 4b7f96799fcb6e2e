"""A negative control: a shipper that deletes a segment once it is shipped, without waiting until it is counted.

`python -m tests.faults.forgetful` ships every finished segment of DATA_DIR like the product's own, but for that.
"""

import django

django.setup()

from django.conf import settings  # noqa: E402 - only once Django is set up

from links.counters import StageCounters  # noqa: E402
from links.shipper import Shipper  # noqa: E402
from links.stream import ScanStream, connect  # noqa: E402


class ForgetfulShipper(Shipper):
    def _accounted_for(self) -> dict[str, int]:
        """The mistake: shipped is taken for counted."""
        return {tail.name: tail.shipped for tail in self._tails.values()}


def main() -> None:
    stream = ScanStream(connect(settings.REDIS_URL), settings.STREAM_KEY)
    shipper = ForgetfulShipper(settings.JOURNAL_DIR, stream, StageCounters(settings.COUNTERS_DIR))
    while shipper.turn():
        pass
    shipper.settle()


if __name__ == "__main__":
    main()
