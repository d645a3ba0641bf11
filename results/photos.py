"""Measure how well photos are read, and how often the reading is doubted.

    python results/photos.py           photos like those that the rules were chosen by
    python results/photos.py --unseen  as many others: test digits, other fonts

Takes the networks that step 4 has saved in `models/`, and photos that a program makes.
Prints a row for every kind of photo.
"""

import argparse
from collections import Counter

from common import print_header, print_row

import numpy as np
from networks import load_networks
from open_picture import as_grey
from PIL import Image
from plot_photo import as_text
from read_photo import read_sheet
from inks import load_digits
from scenes import KINDS, make_photos


def look(photo, text, networks):
    """Returns what counts for a photo, in each column of the table."""
    sheet = np.asarray(as_grey(Image.fromarray(photo)))
    lines, _ = read_sheet(sheet, networks, load_digits()[0])
    if not lines:  # refused
        return Counter(number=1)
    found = "\n".join(as_text(line).replace(" ", "") for line in lines)
    read = int(found == text)
    if any(reading.doubt for line in lines for reading in line):
        return Counter(number=1, read=read, doubted=read)
    return Counter(number=1, read=read, wrong=1 - read)


def measure(networks, each, unseen, kinds=KINDS):
    """Returns what counts for `each` photos of every kind, and for all, by name."""
    counts = {}
    for kind, text, photo in make_photos(each, unseen, kinds):
        total = "all with digits" if text else "all without a digit"
        found = look(photo, text, networks)
        for name in kind, total:
            counts.setdefault(name, Counter()).update(found)
    return counts


def main():
    parser = argparse.ArgumentParser(description="Measures how well photos are read.")
    parser.add_argument("--unseen", action="store_true", help="other photos")
    unseen = parser.parse_args().unseen
    counts = measure(load_networks(), 10, unseen)
    print_header("photos of", "number", "read", "but doubted", "certain, and wrong")
    for name in sorted(counts, key=lambda name: name.startswith("all ")):
        columns = ["number", "read", "doubted", "wrong"]
        print_row(name, *(counts[name][column] for column in columns))


if __name__ == "__main__":
    main()
