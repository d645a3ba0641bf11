"""Assemble the page to write on: its parts in `html/`, and what it has to know."""

import json
import re
from pathlib import Path

PARTS = Path(__file__).with_name("html")


def read_part(name):
    return (PARTS / name).read_text(encoding="utf-8")


def assemble(data):
    """Returns `index.html`, with what is meant in place of every `{{ name }}` in it.

    That is the data, which `write_digits.py` describes, the word for what is written on
    the page, or a file.
    """
    # a class may have any name: "</script>" must not end the script
    inserted = {
        "data": json.dumps(data).replace("<", r"\u003c"),
        "thing": data["thing"],
    }

    def insert(match):
        return inserted.get(match[1]) or read_part(match[1])

    return re.sub(r"{{ (\S+) }}", insert, read_part("index.html"))


def data_of(page):
    """Returns the data in a page that `assemble` has made."""
    return json.loads(re.search(r'<script id="data" [^>]*>(.*)</script>', page)[1])
