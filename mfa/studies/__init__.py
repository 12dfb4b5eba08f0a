"""Questions put to a scenario: audit, compare, remedies. One module a question."""
