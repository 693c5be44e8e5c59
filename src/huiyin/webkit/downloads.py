"""A short table that leaves as a file: CSV or XLSX. Who takes what is for the view to write into the audit."""

from collections.abc import Sequence

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from huiyin.kernel.errors import BadInput, FieldError
from huiyin.webkit import sheets

FORMS = ("csv", "xlsx")


def check_form(form: str) -> None:
    """BadInput for a form that there isn't."""
    if form not in FORMS:
        raise BadInput(FieldError("format", _("导出格式只能是 csv 或 xlsx。")))


def table_file(form: str, *, title: str, file: str, rows: Sequence[Sequence[object]]) -> StreamingHttpResponse:
    """The rows, headings first, under `file` and the form as its ending."""
    check_form(form)
    told = [[str(cell) for cell in row] for row in rows]
    stream = sheets.as_csv(told) if form == "csv" else sheets.as_xlsx(told, name=title, widths=[18] * len(told[0]))
    made = StreamingHttpResponse(stream, content_type=sheets.CSV if form == "csv" else sheets.XLSX)
    made["Content-Disposition"] = f'attachment; filename="{file}.{form}"'
    return made
