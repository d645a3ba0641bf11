"""Measure how well photos are read, and how often the reading is doubted.

    python results/photos.py           photos like those that the rules were chosen by
    python results/photos.py --unseen  as many others: test digits, other fonts

Takes the networks that step 4 has saved in `models/`, and photos that a program makes.
Prints a row for every kind of photo.
"""

import argparse
from collections import Counter

from common import print_header, print_row

import read_photo
from networks import load_networks
from scenes import load_digits, make_photos


def look(sheet, digit, networks):
    """Returns what counts for a photo, in each column of the table."""
    try:
        image = read_photo.find_one(sheet)
    except ValueError:  # refused
        return Counter(number=1)
    _, probabilities = read_photo.read(networks, image)
    read = int(probabilities[0].argmax() == digit)
    if read_photo.find_doubt(image, probabilities, load_digits()[0]):
        return Counter(number=1, read=read, doubted=read)
    return Counter(number=1, read=read, wrong=1 - read)


def measure(networks, each, unseen):
    """Returns what counts for `each` photos of every kind, and for all, by name."""
    counts = {}
    for kind, digit, sheet in make_photos(each, unseen):
        total = "all without a digit" if digit is None else "all with a digit"
        found = look(sheet, digit, networks)
        for name in kind, total:
            counts.setdefault(name, Counter()).update(found)
    return counts


def main():
    parser = argparse.ArgumentParser(description="Measures how well photos are read.")
    parser.add_argument("--unseen", action="store_true", help="other photos")
    unseen = parser.parse_args().unseen
    counts = measure(load_networks(), 30, unseen)
    print_header("photos of", "number", "read", "but doubted", "certain, and wrong")
    for name in sorted(counts, key=lambda name: name.startswith("all ")):
        columns = ["number", "read", "doubted", "wrong"]
        print_row(name, *(counts[name][column] for column in columns))


if __name__ == "__main__":
    main()
