"""What is weak about a token or a key: `rules.py` is the list, docs/lint.md the page for people."""
