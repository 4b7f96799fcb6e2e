"""docs/reliability.md shows the table of faults as it is tried."""

from tests.faults.table import as_markdown
from tests.stack import BASE_DIR


def test_the_page_shows_the_table() -> None:
    page = (BASE_DIR / "docs" / "reliability.md").read_text()
    assert as_markdown() in page, "paste what `python -m tests.faults.table` prints into docs/reliability.md"
