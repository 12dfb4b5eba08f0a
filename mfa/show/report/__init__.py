"""The report of a run, or of a comparison: one self-contained page, printable, en or zh."""

from mfa.show.report.comparison_page import comparison_page
from mfa.show.report.page import report_page

__all__ = ["comparison_page", "report_page"]
