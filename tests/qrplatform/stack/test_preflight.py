"""What `make run` refuses, and that it says what to change."""

import socket
from pathlib import Path

import pytest

from qrplatform.stack import embedded_redis
from qrplatform.stack.preflight import Refused, make_folders, only_run, refuse_long_path, refuse_taken_port


def test_a_data_folder_is_held_once(tmp_path: Path) -> None:
    make_folders(tmp_path)
    with only_run(tmp_path), pytest.raises(Refused, match="already running"), only_run(tmp_path):
        pass
    with only_run(tmp_path):
        pass


def test_a_path_too_long_for_sockets_is_refused_before_anything_starts() -> None:
    refuse_long_path(Path("/srv/qrplatform/data"))
    with pytest.raises(Refused, match="DATA_DIR="):
        refuse_long_path(Path("/srv") / ("x" * 100))


def test_a_taken_port_is_refused() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        with pytest.raises(Refused, match="PORT="):
            refuse_taken_port("127.0.0.1", listening.getsockname()[1])


def test_without_any_redis_the_package_to_install_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(embedded_redis, "find_spec", lambda name: None)
    with pytest.raises(Refused, match="apt install redis-server"):
        embedded_redis.find_server()


def test_valkey_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", {"valkey-server": "/usr/bin/valkey-server"}.get)
    assert embedded_redis.find_server() == "/usr/bin/valkey-server"
