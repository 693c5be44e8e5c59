"""A sheet as DOCX: the same parts, for an office that prints, seals and files it. Fonts are named, not embedded."""

from io import BytesIO
from typing import Any

from huiyin.papers.sheet import Sheet

BODY, TITLE = "仿宋", "宋体"


def as_docx(sheet: Sheet) -> bytes:
    """The paper as a Word document."""
    from docx import Document  # noqa: PLC0415 - only papers need it
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN  # noqa: PLC0415
    from docx.shared import Mm  # noqa: PLC0415

    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    document.core_properties.title, document.core_properties.author = sheet.title, sheet.signed
    _line(document, sheet.title, font=TITLE, size=22, bold=True, align=ALIGN.CENTER)
    _line(document, sheet.number, size=14, align=ALIGN.CENTER)
    if sheet.addressee:
        _line(document, f"{sheet.addressee}：")
    end = document.paragraphs[-1]
    for part in sheet.parts:
        if part.heading:
            _line(document, part.heading, bold=True).paragraph_format.keep_with_next = True
        for text in part.lines:
            end = _line(document, text, indent=True)
    end.paragraph_format.keep_together = end.paragraph_format.keep_with_next = True  # seal and day never stand alone
    _line(document, f"{sheet.signed}（印章）", align=ALIGN.RIGHT).paragraph_format.keep_with_next = True
    _line(document, sheet.day_text, align=ALIGN.RIGHT)
    _line(document, f"事项编号 {sheet.matter}　凭编号和查询码可以查询办理情况、评价和下载本文书。", size=10.5)
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def _line(
    document: Any, text: str, *, font: str = BODY, size: float = 16, bold: bool = False, indent: bool = False,
    align: Any = None,
) -> Any:  # fmt: skip
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Pt  # noqa: PLC0415

    line = document.add_paragraph()
    run = line.add_run(text)
    run.bold, run.font.size, run.font.name = bold, Pt(size), font
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)  # noqa: SLF001 - the library has no other way to it
    line.paragraph_format.line_spacing = Pt(28)
    if indent:
        line.paragraph_format.first_line_indent = Pt(size * 2)
    if align is not None:
        line.alignment = align
    return line
