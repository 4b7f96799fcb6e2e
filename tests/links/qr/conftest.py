"""What tests of several kinds of logos share."""

import pytest

from links.qr import logos


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no error of a picture; how soon one is given up is for test_hostile_logos.py."""
    monkeypatch.setattr(logos, "_SECONDS", 30.0)
