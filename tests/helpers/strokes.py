"""Digits and letters in strokes: what tests, experiments and pictures share."""

import numpy as np
from PIL import Image, ImageDraw

# Digits as one learns to write them, and letters: in a row, a sign and a way to write it.
# Strokes are separated by a bar; they go through points "x,y", in percent of the width
# and the height, from the top left, and through arcs "x,y,rx,ry,start,end" of an ellipse
# around x,y, from an angle to another: 0 degrees is right, 90 is down.
TABLE = """
    0  50,50,30,50,-90,270
    0  50,50,42,50,-60,300
    0  50,50,22,50,-90,270
    1  50,0 50,100
    1  25,30 50,0 50,100
    1  60,0 40,100
    1  30,25 50,0 50,100 | 25,100 75,100
    2  50,28,32,28,-170,40 18,100 85,100
    2  50,25,30,25,-180,30 15,95 50,90 85,100
    3  45,25,32,25,-160,90 45,74,36,26,-90,150
    3  20,0 80,0 45,40 45,70,35,30,-90,140
    4  55,0 10,65 90,65 | 65,35 65,100
    4  20,0 20,50 80,50 | 75,0 75,100
    4  90,65 10,65 60,0 60,100
    5  25,0 20,45 45,68,35,30,-130,140 | 25,0 80,0
    5  80,0 25,0 20,45 45,68,35,32,-130,140
    6  65,0 35,30 50,70,30,30,180,-180
    6  75,60,60,60,-110,-180 45,70,30,30,180,-180
    7  15,0 85,0 40,100
    7  15,0 85,0 40,100 | 30,50 75,50
    7  15,12 15,0 85,0 35,100
    8  50,25,25,25,90,-270 50,75,32,25,-90,270
    8  50,23,27,23,-30,-270 50,73,30,27,-90,270 70,10
    9  48,30,30,30,0,-360 75,100
    9  48,28,28,28,-20,-380 77,70 50,72,27,28,0,140
    A  10,100 50,0 90,100 | 25,60 75,60
    E  80,0 20,0 20,100 80,100 | 20,50 70,50
    F  80,0 20,0 20,100 | 20,50 70,50
    H  20,0 20,100 | 80,0 80,100 | 20,50 80,50
    K  20,0 20,100 | 80,0 20,55 85,100
    M  10,100 20,0 50,60 80,0 90,100
    N  20,100 20,0 80,100 80,0
    R  20,100 20,0 80,10 80,40 20,50 80,100
    V  10,0 50,100 90,0
    W  0,0 25,100 50,30 75,100 100,0
    X  10,0 90,100 | 90,0 10,100
    L  20,0 20,100 80,100
    P  20,100 20,0 80,10 80,45 20,55
    T  10,0 90,0 | 50,0 50,100
    U  20,0 20,70 35,100 65,100 80,70 80,0
    Y  10,0 50,50 90,0 | 50,50 50,100
"""


def points_of(word):
    """Returns the points of a word of the table, (0, 0) to (1, 1): one, or an arc."""
    numbers = [float(number) for number in word.split(",")]
    x, y, *radii = [number / 100 for number in numbers[:4]]
    if not radii:
        return [(x, y)]
    angles = np.radians(np.linspace(*numbers[4:], 24))
    return [(x + radii[0] * np.cos(a), y + radii[1] * np.sin(a)) for a in angles]


def find(sign):
    """Returns the ways to write a sign: each is a list of strokes, lists of points."""
    return [
        [sum(map(points_of, stroke.split()), []) for stroke in row.split("|")]
        for name, row in (row.split(maxsplit=1) for row in TABLE.strip().splitlines())
        if name == sign
    ]


STROKES = {digit: find(str(digit)) for digit in range(10)}
WRITTEN_LETTERS = {letter: find(letter) for letter in "AEFHKMNRVWX"}
# no rule was chosen by these
UNSEEN_WRITTEN_LETTERS = {letter: find(letter) for letter in "LPTUY"}


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
