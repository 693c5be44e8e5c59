"""A table that leaves as a file: CSV, a workbook, or JSON Lines for programs. Who takes what is for the view to write
into the audit.
"""

from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from huiyin.kernel.errors import BadInput, FieldError
from huiyin.webkit import sheets

FORMS = {"csv": sheets.CSV, "xlsx": sheets.XLSX, "jsonl": sheets.JSONL}
WIDTH = 18


def check_form(form: str) -> None:
    """BadInput for a form that there isn't."""
    if form not in FORMS:
        raise BadInput(FieldError("format", _("导出格式只能是 csv、xlsx 或 jsonl。")))


def table_file(
    form: str, *, title: str, file: str, rows: Iterable[Sequence[object]], keys: Sequence[str],
    widths: Sequence[int] = (),
) -> StreamingHttpResponse:  # fmt: skip
    """The rows, headings first, under `file` and the form as its ending. `keys` are the columns' names for programs; a
    row of one cell says that the rest was left out.
    """
    check_form(form)
    told = _fitting(rows, keys)
    chunks = {
        "csv": sheets.as_csv(told),
        "xlsx": sheets.as_xlsx(told, name=title, widths=widths or [WIDTH] * len(keys)),
        "jsonl": sheets.as_jsonl(told, keys),
    }[form]
    made = StreamingHttpResponse(sheets.in_this_language(chunks), content_type=FORMS[form])
    made["Content-Disposition"] = f'attachment; filename="{file}.{form}"'
    return made


def _fitting(rows: Iterable[Sequence[object]], keys: Sequence[str]) -> Iterator[Sequence[object]]:
    """The rows; a column without a key is a fault in every form, not only in the one that uses keys."""
    for row in rows:
        assert len(row) in {1, len(keys)}, f"{len(row)} cells under {len(keys)} keys"
        yield row
