"""The benchmark of resolving reaches into the resolver: it is run small, so that it goes along with changes there."""

from benchmarks.resolver import memory_figures


def test_known_codes_are_found_where_the_resolver_looks_for_them() -> None:
    figures = memory_figures(50)
    assert figures["50 links: bytes per cached target"] > 100
    assert figures["50 links: known look-ups per second"] > 0
