"""A CSV file that somebody names at the shell: UTF-8, a header row, cells of any length."""

import csv
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from huiyin.kernel.errors import ConfigError

type Rows = csv.DictReader[str]


@contextmanager
def csv_rows(file: Path) -> Iterator[Rows]:
    """The file's rows. csv's limit of a cell's length is the whole process's: it is as before after the reading.

    Raises ConfigError for a file that can't be read, also while the rows are being taken.
    """
    before = csv.field_size_limit(sys.maxsize)
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            yield csv.DictReader(lines)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError("bad_table", f"{file} can't be read as a CSV file in UTF-8 ({error}).") from error
    finally:
        csv.field_size_limit(before)


def need(rows: Rows, names: Iterable[str], file: Path) -> None:
    """Raises ConfigError where one of these columns isn't there."""
    missing = [name for name in names if name not in (rows.fieldnames or ())]
    if missing:
        raise ConfigError("no_column", f"{file.name} has no column {', '.join(missing)}.")
