"""Digits and letters in strokes: what tests, experiments and pictures share."""

import numpy as np
from PIL import Image, ImageDraw


def arc(x, y, rx, ry, start, end):
    """Returns points of an ellipse around x, y; 0 degrees is right, 90 is down."""
    angles = np.radians(np.linspace(start, end, 24))
    return [(x + rx * np.cos(a), y + ry * np.sin(a)) for a in angles]


# Digits as one learns to write them: ways of writing, each a list of strokes, each a
# list of points (x, y) from the top left corner (0, 0) to the bottom right one (1, 1).
STROKES = {
    0: [
        [arc(0.5, 0.5, 0.3, 0.5, -90, 270)],
        [arc(0.5, 0.5, 0.42, 0.5, -60, 300)],
        [arc(0.5, 0.5, 0.22, 0.5, -90, 270)],
    ],
    1: [
        [[(0.5, 0), (0.5, 1)]],
        [[(0.25, 0.3), (0.5, 0), (0.5, 1)]],
        [[(0.6, 0), (0.4, 1)]],
        [[(0.3, 0.25), (0.5, 0), (0.5, 1)], [(0.25, 1), (0.75, 1)]],
    ],
    2: [
        [arc(0.5, 0.28, 0.32, 0.28, -170, 40) + [(0.18, 1), (0.85, 1)]],
        [arc(0.5, 0.25, 0.3, 0.25, -180, 30) + [(0.15, 0.95), (0.5, 0.9), (0.85, 1)]],
    ],
    3: [
        [arc(0.45, 0.25, 0.32, 0.25, -160, 90) + arc(0.45, 0.74, 0.36, 0.26, -90, 150)],
        [[(0.2, 0), (0.8, 0), (0.45, 0.4)] + arc(0.45, 0.7, 0.35, 0.3, -90, 140)],
    ],
    4: [
        [[(0.55, 0), (0.1, 0.65), (0.9, 0.65)], [(0.65, 0.35), (0.65, 1)]],
        [[(0.2, 0), (0.2, 0.5), (0.8, 0.5)], [(0.75, 0), (0.75, 1)]],
        [[(0.9, 0.65), (0.1, 0.65), (0.6, 0), (0.6, 1)]],
    ],
    5: [
        [
            [(0.25, 0), (0.2, 0.45)] + arc(0.45, 0.68, 0.35, 0.3, -130, 140),
            [(0.25, 0), (0.8, 0)],
        ],
        [[(0.8, 0), (0.25, 0), (0.2, 0.45)] + arc(0.45, 0.68, 0.35, 0.32, -130, 140)],
    ],
    6: [
        [[(0.65, 0), (0.35, 0.3)] + arc(0.5, 0.7, 0.3, 0.3, 180, -180)],
        [arc(0.75, 0.6, 0.6, 0.6, -110, -180) + arc(0.45, 0.7, 0.3, 0.3, 180, -180)],
    ],
    7: [
        [[(0.15, 0), (0.85, 0), (0.4, 1)]],
        [[(0.15, 0), (0.85, 0), (0.4, 1)], [(0.3, 0.5), (0.75, 0.5)]],
        [[(0.15, 0.12), (0.15, 0), (0.85, 0), (0.35, 1)]],
    ],
    8: [
        [arc(0.5, 0.25, 0.25, 0.25, 90, -270) + arc(0.5, 0.75, 0.32, 0.25, -90, 270)],
        [
            arc(0.5, 0.23, 0.27, 0.23, -30, -270)
            + arc(0.5, 0.73, 0.3, 0.27, -90, 270)
            + [(0.7, 0.1)]
        ],
    ],
    9: [
        [arc(0.48, 0.3, 0.3, 0.3, 0, -360) + [(0.75, 1)]],
        [
            arc(0.48, 0.28, 0.28, 0.28, -20, -380)
            + [(0.77, 0.7)]
            + arc(0.5, 0.72, 0.27, 0.28, 0, 140)
        ],
    ],
}
WRITTEN_LETTERS = {  # one way to write each
    "A": [[(0.1, 1), (0.5, 0), (0.9, 1)], [(0.25, 0.6), (0.75, 0.6)]],
    "E": [[(0.8, 0), (0.2, 0), (0.2, 1), (0.8, 1)], [(0.2, 0.5), (0.7, 0.5)]],
    "F": [[(0.8, 0), (0.2, 0), (0.2, 1)], [(0.2, 0.5), (0.7, 0.5)]],
    "H": [[(0.2, 0), (0.2, 1)], [(0.8, 0), (0.8, 1)], [(0.2, 0.5), (0.8, 0.5)]],
    "K": [[(0.2, 0), (0.2, 1)], [(0.8, 0), (0.2, 0.55), (0.85, 1)]],
    "M": [[(0.1, 1), (0.2, 0), (0.5, 0.6), (0.8, 0), (0.9, 1)]],
    "N": [[(0.2, 1), (0.2, 0), (0.8, 1), (0.8, 0)]],
    "R": [[(0.2, 1), (0.2, 0), (0.8, 0.1), (0.8, 0.4), (0.2, 0.5), (0.8, 1)]],
    "V": [[(0.1, 0), (0.5, 1), (0.9, 0)]],
    "W": [[(0, 0), (0.25, 1), (0.5, 0.3), (0.75, 1), (1, 0)]],
    "X": [[(0.1, 0), (0.9, 1)], [(0.9, 0), (0.1, 1)]],
}
UNSEEN_WRITTEN_LETTERS = {  # which no rule was chosen by
    "L": [[(0.2, 0), (0.2, 1), (0.8, 1)]],
    "P": [[(0.2, 1), (0.2, 0), (0.8, 0.1), (0.8, 0.45), (0.2, 0.55)]],
    "T": [[(0.1, 0), (0.9, 0)], [(0.5, 0), (0.5, 1)]],
    "U": [[(0.2, 0), (0.2, 0.7), (0.35, 1), (0.65, 1), (0.8, 0.7), (0.8, 0)]],
    "Y": [[(0.1, 0), (0.5, 0.5), (0.9, 0)], [(0.5, 0.5), (0.5, 1)]],
}


def draw_stroke(draw, points, pen, ink):
    """Draws a stroke, `pen` pixels wide, with round ends and corners."""
    draw.line(points, fill=ink, width=pen, joint="curve")
    for x, y in points:
        draw.ellipse([x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2], fill=ink)


def write(strokes, height, pen, corner, slant=0):
    """Returns a field, uint8 `(280, 280)`, with a digit in one of its corners.

    `corner` is (0, 0), top left, to (1, 1); `height` and `pen` are in pixels.
    """
    field = Image.new("L", (280, 280), "white")
    draw = ImageDraw.Draw(field)
    left, top = (20 + c * (240 - height) for c in corner)
    for stroke in strokes:
        points = [
            (left + height * (0.8 * x + slant * (1 - y)), top + height * y)
            for x, y in stroke
        ]
        draw_stroke(draw, points, pen, 0)
    return np.asarray(field)


def written():
    """Returns `(digit, field)` for all: thin and thick, small and large, in corners."""
    return [
        (digit, write(strokes, height, pen, corner, slant))
        for digit, ways in STROKES.items()
        for strokes in ways
        for height in (40, 100, 180, 240)
        for pen in (4, 8, 14, 20, 28)
        if pen <= height / 5
        for corner in ((0, 0), (1, 0), (0, 1), (1, 1))
        for slant in (0, 0.15)
    ]


def ways():
    """Returns all ways to write, `(digit, strokes)`, as points on a field, 0 to 1."""
    return [
        (digit, [[(0.2 + 0.6 * x, 0.15 + 0.7 * y) for x, y in s] for s in strokes])
        for digit, ways_of_digit in STROKES.items()
        for strokes in ways_of_digit
    ]
