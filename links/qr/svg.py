"""The picture as SVG: one path of crisp squares that any printer can scale."""

from itertools import groupby
from xml.sax.saxutils import escape

from links.qr.matrix import Symbol


def draw(symbol: Symbol, *, scale: int) -> bytes:
    """A standalone file; scale is the width of a module in CSS pixels where the picture is shown at its own size."""
    modules = symbol.modules()
    size = len(modules)
    path = "".join(_row_path(y, row) for y, row in enumerate(modules))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size * scale}" height="{size * scale}" '
        f'viewBox="0 0 {size} {size}" role="img" shape-rendering="crispEdges">'
        f"<title>{escape(symbol.text)}</title>"
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{path}"/></svg>\n'
    ).encode()


def _row_path(y: int, row: tuple[bool, ...]) -> str:
    """One rectangle for each run of dark modules."""
    path, x = "", 0
    for is_dark, run in groupby(row):
        width = len(list(run))
        if is_dark:
            path += f"M{x} {y}h{width}v1h-{width}z"
        x += width
    return path
