"""The report of a run, or of a comparison: one self-contained page, printable, en or zh."""

from mfa.show.report.compared import comparison_page
from mfa.show.report.page import report_page

__all__ = ["comparison_page", "report_page"]
