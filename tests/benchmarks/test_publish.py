"""Publishing: tables of figures between two markers of a page, and nothing else of it touched."""

from pathlib import Path

import pytest

from benchmarks import publish


def test_every_figure_is_in_one_of_the_tables() -> None:
    tables = publish.tables({"redirect_to_nginx": 0.41, "nginx_per_second": 70123, "p99_to_nginx": None, "mine": 7})
    assert "| `redirect_to_nginx` | 0.41 | at least 0.40 |" in tables
    assert "| `p99_to_nginx` | – |" in tables
    assert "| nginx, `return 302` from a map, access log on | 70,123 | – | – | – |" in tables
    assert "| `mine` | 7 |" in tables
    assert "the product" not in tables, "a server that was not measured has no row"


def test_the_page_around_the_tables_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"# Above\n{publish.BEGIN}\nold\n{publish.END}\nBelow\n")
    monkeypatch.setattr(publish, "PAGE", page)
    publish.write({"p99_to_nginx": 2.5})
    text = page.read_text()
    assert text.startswith(f"# Above\n{publish.BEGIN}\n")
    assert text.endswith(f"{publish.END}\nBelow\n")
    assert "2.5" in text
    assert "old" not in text


def test_a_page_without_markers_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "performance.md"
    page.write_text("# Mine\n")
    monkeypatch.setattr(publish, "PAGE", page)
    with pytest.raises(ValueError, match="markers"):
        publish.write({})
    assert page.read_text() == "# Mine\n"


def test_the_real_page_has_its_markers() -> None:
    text = publish.PAGE.read_text()
    assert text.index(publish.BEGIN) < text.index(publish.END)
