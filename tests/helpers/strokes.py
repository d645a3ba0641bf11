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

# No digits: what the page should doubt. No rule was chosen by these.
SIGNS = """
    pi        5,25 95,20 | 30,22 25,100 | 70,20 70,90 85,98
    delta     50,5 95,95 5,95 50,5
    sigma     85,5 15,5 55,50 15,95 85,95
    omega     10,95 35,95 15,60 20,25 50,10 80,25 85,60 65,95 90,95
    lambda    15,5 30,5 85,100 | 50,45 15,100
    psi       10,20 15,60 50,70 85,60 90,20 | 50,5 50,100
    euro      85,15 50,5 25,30 25,70 50,95 85,85 | 5,42 60,42 | 5,58 60,58
    pound     75,15 55,5 40,25 40,90 20,95 80,95 | 20,55 65,55
    and-so-on 5,60 20,40 35,60 50,40 65,60 80,40 95,60
    cross     20,10 80,90 | 80,10 20,90
    plus      50,5 50,95 | 5,50 95,50
    equal     5,38 95,38 | 5,62 95,62
    divide    5,50 95,50 | 48,15 52,20 | 48,80 52,85
    star      50,5 50,95 | 10,28 90,72 | 90,28 10,72
    hash      38,5 30,95 | 70,5 62,95 | 5,35 95,35 | 5,65 95,65
    arrow     5,50 95,50 60,20 95,50 60,80
    up        50,95 50,5 20,35 50,5 80,35
    tick      5,60 35,95 95,5
    wave      5,50 20,30 35,50 50,70 65,50 80,30 95,50
    bolt      60,0 20,55 55,50 35,100 85,40 50,45 60,0
    heart     50,95 5,45 10,15 35,10 50,30 65,10 90,15 95,45 50,95
    fish      5,50 40,20 70,45 95,20 95,80 70,55 40,80 5,50
    tent      5,95 50,5 95,95 5,95 | 50,5 50,95
    chair     25,0 25,100 | 25,50 75,50 75,100
    grid      33,0 33,100 | 66,0 66,100 | 0,33 100,33 | 0,66 100,66
    tree      50,100 50,50 | 50,5 85,55 15,55 50,5
    comb      5,20 95,20 | 15,20 15,90 | 40,20 40,90 | 65,20 65,90 | 90,20 90,90
    stairs    5,95 5,65 35,65 35,35 65,35 65,5 95,5
    spiral    50,50,10,10,0,360 50,50,25,25,0,360 50,50,48,48,0,360
    bow       10,10 10,90 90,10 90,90 10,10
"""


def points_of(word):
    """Returns the points of a word of the table, (0, 0) to (1, 1): one, or an arc."""
    numbers = [float(number) for number in word.split(",")]
    x, y, *radii = [number / 100 for number in numbers[:4]]
    if not radii:
        return [(x, y)]
    angles = np.radians(np.linspace(*numbers[4:], 24))
    return [(x + radii[0] * np.cos(a), y + radii[1] * np.sin(a)) for a in angles]


def rows_of(table):
    """Returns `(name, strokes)` for each row of a table; a stroke is a list of points."""
    rows = [row.split(maxsplit=1) for row in table.strip().splitlines()]
    return [
        (name, [sum(map(points_of, stroke.split()), []) for stroke in row.split("|")])
        for name, row in rows
    ]


def find(sign):
    """Returns the ways to write a sign: each is a list of strokes."""
    return [strokes for name, strokes in rows_of(TABLE) if name == sign]


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


def small(share):
    """Returns all ways to write, `(digit, strokes)`, as tall as a share of the field."""
    return [
        (digit, [[(0.4 + share * 0.8 * x, 0.3 + share * y) for x, y in s] for s in way])
        for digit, ways_of_digit in STROKES.items()
        for way in ways_of_digit
    ]


def scribble(rng):
    """Returns a stroke to and fro, with 15 to 30 corners."""
    corners = rng.random((rng.integers(15, 30), 2))
    return [[tuple(corner) for corner in corners]]


def no_digits(seed=0):
    """Returns 60 things that are no digits: letters, signs, scribbles and dots."""
    rng = np.random.default_rng(seed)
    letters = [way for ways in UNSEEN_WRITTEN_LETTERS.values() for way in ways]
    letters += [find(letter)[0] for letter in "AEFHKMNRWX"]
    signs = [strokes for _, strokes in rows_of(SIGNS)]
    scribbles = [scribble(rng) for _ in range(10)]
    all_at_once = [
        [[(0.2 + 0.6 * x, 0.15 + 0.7 * y) for x, y in stroke] for stroke in strokes]
        for strokes in letters + signs + scribbles
    ]
    dots = [[[(x, 0.5), (x + 0.01, 0.5)]] for x in (0.1, 0.3, 0.5, 0.7, 0.9)]
    return all_at_once + dots


def numbers(count, seed=0):
    """Returns `(number, strokes)`: of 2 to 8 digits, side by side, of several sizes."""
    rng = np.random.default_rng(seed)
    ways_to_write = [(digit, way) for digit, some in STROKES.items() for way in some]
    return [write_number(rng, ways_to_write) for _ in range(count)]


def write_number(rng, ways_to_write):
    length = rng.integers(2, 9)
    height = min(rng.uniform(0.25, 0.5), 1.5 / length)
    digits, strokes, left = "", [], -0.28
    for _ in range(length):
        digit, way = ways_to_write[rng.integers(len(ways_to_write))]
        tall, slant = height * rng.uniform(0.9, 1.1), rng.uniform(-0.05, 0.2)
        top = 0.5 - tall / 2 + rng.normal(0, 0.02)
        points = [[(0.75 * x + slant * (1 - y), y) for x, y in s] for s in way]
        first = min(x for stroke in points for x, _ in stroke)
        last = max(x for stroke in points for x, _ in stroke)
        strokes += [
            [(left + tall * (x - first), top + tall * y) for x, y in stroke]
            for stroke in points
        ]
        left += tall * (last - first + rng.uniform(0.15, 0.3))
        digits += str(digit)
    return digits, strokes


def by_hand(strokes, rng):
    """Returns strokes as a hurried hand might write them: slanted, bent, turned.

    Each stroke is a little out of its place. Points are near to each other, as those of
    a mouse are, on a field from (0, 0) to (1, 1).
    """
    slant, squeeze, angle = rng.normal(0, [0.2, 0.1, 0.12]) + [0.05, 0.8, 0]
    bend, phase = rng.normal(0, 0.06, 4), rng.uniform(0, 6, 2)
    turn = [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    size = rng.uniform(0.4, 0.6)
    written = []
    for stroke in strokes:
        x, y = np.transpose(stroke)
        way = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
        places = np.linspace(0, way[-1], max(2, round(25 * way[-1])))
        x, y = np.interp(places, way, x), np.interp(places, way, y)
        x, y = (
            x + bend[0] * np.sin(6 * y + phase[0]) + bend[1] * np.sin(3 * x),
            y + bend[2] * np.sin(6 * x + phase[1]) + bend[3] * np.sin(3 * y),
        )
        points = np.stack([squeeze * x + slant * (1 - y), y], axis=1) @ turn
        points += rng.normal(0, 0.04, 2)
        written.append((0.2 + size * points).tolist())
    return written
