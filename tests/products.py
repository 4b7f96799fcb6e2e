"""Which tests share a product, a browser or what is dear to make: with `--dist loadgroup` one process runs them all."""

import re

from xdist.scheduler import LoadScopeScheduling

# Places of one product each; in the others each database has its own, which is where its tests' parameters begin.
_ONE_PRODUCT = ("tests/browser/",)
_ONE_FOR_EACH_DATABASE = ("tests/journeys/", "tests/faults/")
_DEAR = ("tests/links/qr/test_chromium.py", "tests/links/qr/certificate/test_other_decoders.py")


def product_of(nodeid: str) -> str:
    """The name of what a test shares; its own id when that is nothing."""
    path = nodeid.partition("::")[0]
    if path.startswith(_ONE_PRODUCT):
        return path.rpartition("/")[0]
    if path.startswith(_ONE_FOR_EACH_DATABASE):
        database = re.search(r"\[(postgresql|sqlite)\b", nodeid)
        return f"{path} {database[1]}" if database else path
    return path if path in _DEAR else nodeid


class ByProduct(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Hands out all tests of a product at once, the largest first, and then the others one by one.

    What xdist_group marks are for; pytest 9 took their way into a test's id.
    """

    def _split_scope(self, nodeid: str) -> str:
        return product_of(nodeid)
