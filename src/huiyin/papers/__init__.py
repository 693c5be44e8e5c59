"""Official papers (文书): a template and what stands in it become a page, a DOCX and a PDF, under a number.

A paper is its number and which act it came from; what it says is put together from the record each time, so that
erasing a person's data erases it here too, and nothing that was issued can differ from what was recorded.
Words: template (文书模板), series (文号), sheet (the filled-in paper), service (送达). Start at `template.py`.
"""
