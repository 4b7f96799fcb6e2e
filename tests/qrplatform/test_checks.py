"""System checks: wrong or unsafe settings are told by id, with what to change."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from qrplatform.checks import check_settings, file_system_of


@pytest.mark.parametrize(
    ("name", "value", "id_"),
    [
        ("PUBLIC_URL", "q.example.com", "qrplatform.E001"),
        ("PUBLIC_URL", "https://q.example.com/codes", "qrplatform.E001"),
        ("DEBUG", True, "qrplatform.E002"),
        ("JOURNAL_DURABILITY", "sometimes", "qrplatform.E003"),
        ("BLOCKING_THREADS", 1, "qrplatform.E004"),
        ("RAW_SCAN_DAYS", 0, "qrplatform.E011"),
        ("RAW_SCAN_DAYS", 5000, "qrplatform.E011"),
        ("ROLE", "everything", "qrplatform.E010"),
        ("TRUSTED_PROXIES", ["everybody"], "qrplatform.E005"),
    ],
)
def test_a_wrong_setting_is_refused(settings: Settings, name: str, value: object, id_: str) -> None:
    assert check_settings() == []
    setattr(settings, name, value)
    assert [message.id for message in check_settings()] == [id_]


def test_the_file_system_is_that_of_the_nearest_mount_point() -> None:
    mounts = "overlay / overlay rw 0 0\n/dev/sda1 /srv ext4 rw 0 0\ntmpfs /srv/tmp tmpfs rw 0 0\n"
    assert file_system_of(Path("/srv/data"), mounts) == "ext4"
    assert file_system_of(Path("/srv/tmp/data"), mounts) == "tmpfs"
    assert file_system_of(Path("/srvdata"), mounts) == "overlay"
    assert file_system_of(Path("/srv"), "") == ""
