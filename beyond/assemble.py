"""Assemble the page to write digits on: its parts in `html/`, and what it has to know."""

import re
from pathlib import Path

PARTS = Path(__file__).with_name("html")


def read_part(name):
    return (PARTS / name).read_text(encoding="utf-8")


def assemble(data):
    """Returns `index.html`, with a file, or the data, for every `{{ name }}` in it.

    `data` is JSON; `write_digits.py` says what is in it.
    """

    def insert(match):
        return data if match[1] == "data" else read_part(match[1])

    return re.sub(r"{{ (\S+) }}", insert, read_part("index.html"))


def data_of(page):
    """Returns the data in a page that `assemble` has made."""
    return re.search(r'<script id="data" [^>]*>(.*)</script>', page)[1]
