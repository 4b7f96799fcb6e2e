"""Looks and pictures that several tests of the studio use."""

from base64 import b64encode
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from accounts.models import Workspace
from links import actions
from links.models import Code, Domain, Style
from links.studio import looks, saving

BLUE: dict[str, Any] = {"modules": "rounded", "foreground": "#1a237e"}
# As light as its paper.
PALE: dict[str, Any] = {"foreground": "#dddddd"}


def png(side: int = 64, color: str = "#c62828") -> bytes:
    file = BytesIO()
    Image.new("RGBA", (side, side), color).save(file, "PNG")
    return file.getvalue()


def base64_of(content: bytes) -> str:
    return b64encode(content).decode()


@pytest.fixture
def code(workspace: Workspace, site: Domain) -> Code:
    link = actions.create_link(workspace, "https://example.com/", actor=actions.NOBODY, placement="Poster")
    return link.codes.select_related("domain", "link").get()


@pytest.fixture
def blue(workspace: Workspace, site: Domain) -> Style:
    wanted = saving.Wanted("Blue", looks.parse(BLUE))
    return saving.save(Style(workspace=workspace), wanted, actions.NOBODY)
