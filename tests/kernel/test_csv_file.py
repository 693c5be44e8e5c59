"""CSV files named at the shell."""

import csv
from pathlib import Path

import pytest

from huiyin.kernel.csv_file import csv_rows, need
from huiyin.kernel.errors import ConfigError


def test_a_long_cell_is_read_and_the_process_has_its_limit_again(tmp_path: Path) -> None:
    before, long = csv.field_size_limit(), "长" * 200_000
    file = tmp_path / "long.csv"
    file.write_text(f"text,label\n{long},a\n", encoding="utf-8-sig")

    with csv_rows(file) as rows:
        need(rows, ["label"], file)
        assert [row["text"] for row in rows] == [long]

    assert csv.field_size_limit() == before


@pytest.mark.parametrize(("held", "code"), [("text\nä\n".encode("latin-1"), "bad_table"), (b"text\na\n", "no_column")])
def test_what_can_not_be_read_is_told(tmp_path: Path, held: bytes, code: str) -> None:
    file = tmp_path / "told.csv"
    file.write_bytes(held)

    with pytest.raises(ConfigError) as caught, csv_rows(file) as rows:
        need(rows, ["label"], file)

    assert caught.value.code == code
