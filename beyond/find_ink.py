"""Find the ink on a sheet of paper, and which of it is connected.

Ink is what takes light away from the paper around it. Connected ink is a part.
"""

import numpy as np
from PIL import Image, ImageFilter  # Pillow; Matplotlib needs it

LENGTH = 500  # pixels: of the picture in which digits are looked for
FAINT = 40  # of 255: a contrast that is smaller is noise, or the grain of the paper
DARKEST_PAPER = 96  # of 255: on darker paper, noise would look like ink
THICK = 6  # pixels: no line of ruled paper is as thick
BOXED = 0.6  # of a box's width: has ink on each of its lines


def spread_down(pixels, window, choose):
    """Returns the minimum or maximum of a column around every pixel."""
    length = len(pixels)
    pixels = np.pad(pixels, [(window // 2, window // 2), (0, 0)], mode="edge")
    reach = 1
    while 2 * reach <= window:  # each time, of twice as many
        pixels = choose(pixels[:-reach], pixels[reach:])
        reach *= 2
    return choose(pixels[:length], pixels[window - reach : length + window - reach])


def spread(pixels, window, choose):
    """Returns the minimum or maximum of the square around every pixel."""
    for _ in range(2):  # along the columns, and then along the rows
        pixels = np.ascontiguousarray(spread_down(pixels, window, choose).T)
    return pixels


def find_paper(pixels, window):
    """Returns the paper without the ink on it.

    The maximum around every pixel wipes out dark ink, and the minimum of these maxima
    brings the edges of shadows and sheets back to where they were. After that, the
    same the other way round: what is bright, but narrow, is no paper.
    """
    paper = spread(spread(pixels, window, np.maximum), window, np.minimum)
    return spread(spread(paper, window, np.minimum), window, np.maximum)


def ink_on_paper(pixels, paper):
    """Returns how much of the paper's light the ink takes away, 255 for all of it."""
    ink = paper - np.minimum(paper, pixels)
    return np.uint8(np.round(255.0 * ink / np.maximum(paper, DARKEST_PAPER)))


def find_ink(pixels, window=0.17):
    """Returns the dark ink, and the paper without it; `window`: a part of the sheet."""
    paper = find_paper(pixels, int(window * max(pixels.shape)) + 11 | 1)
    return ink_on_paper(pixels, paper), paper


def blur(ink):
    return np.asarray(Image.fromarray(ink).filter(ImageFilter.BoxBlur(1)))


def contrast_of(ink):
    """Returns the maximum; a single pixel is not ink."""
    return int(blur(ink).max())


def shrink(picture):
    """Returns at most `LENGTH` pixels of a picture, in which dark lines stay dark."""
    if max(picture.size) > LENGTH:
        picture.thumbnail((2 * LENGTH, 2 * LENGTH))
        picture = Image.fromarray(spread(np.asarray(picture), 3, np.minimum))
        picture.thumbnail((LENGTH, LENGTH))
    return np.asarray(picture)


def find_parts(inked):
    """Returns the number of the connected part that each pixel belongs to; 0 is paper.

    A gap of two pixels does not matter. Joins runs of ink, row by row.
    """
    grown = spread(inked, 3, np.maximum)
    width = inked.shape[1] + 2
    edges = np.diff(np.pad(grown, [(0, 0), (1, 1)]).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    ends = rows * width + np.nonzero(edges == -1)[1]
    starts = rows * width + starts
    # the runs in the next row that each run touches
    first = np.searchsorted(ends, starts + width)
    touching = np.searchsorted(starts, ends + width, side="right") - first
    above = np.repeat(np.arange(len(rows)), touching)
    below = np.arange(len(above)) + np.repeat(
        first - np.cumsum(touching) + touching, touching
    )
    numbers = np.arange(len(rows))
    while (numbers[above] != numbers[below]).any():
        lower = np.minimum(numbers[above], numbers[below])
        np.minimum.at(numbers, numbers[above], lower)
        np.minimum.at(numbers, numbers[below], lower)
        numbers = numbers[numbers]
    parts = np.zeros(inked.shape, int)
    _, numbers = np.unique(numbers, return_inverse=True)
    parts[grown] = np.repeat(numbers + 1, ends - starts)
    return np.where(inked, parts, 0)


def measure(parts, ink):
    """Returns the box of each part, left, top, right, bottom, and its contrast."""
    rows, columns = np.nonzero(parts)
    order = np.argsort(parts[rows, columns], kind="stable")
    rows, columns = rows[order], columns[order]
    first = np.flatnonzero(np.diff(parts[rows, columns], prepend=0))
    ends = [
        choose.reduceat(places, first)
        for choose in (np.minimum, np.maximum)
        for places in (columns, rows)
    ]
    contrasts = np.maximum.reduceat(blur(ink)[rows, columns], first)
    return np.transpose(ends) + [0, 0, 1, 1], contrasts


def isolate(ink):
    """Returns the strong ink, without what touches the frame.

    What touches the frame is a desk, a margin line, or the edge of a shadow. It stays
    if there is not much else.
    """
    contrast = contrast_of(ink)
    strong = np.where(ink > contrast / 2, ink, 0)
    parts = find_parts(strong > 0)
    frame = np.concatenate([parts[[0, -1]].ravel(), parts[:, [0, -1]].ravel()])
    at_frame = np.isin(parts, frame[frame > 0])
    inside = np.where(at_frame, 0, ink)
    if at_frame.any() and contrast_of(inside) > max(FAINT, contrast / 4):
        return isolate(inside)
    return strong


def find_lines(inked, least, length):
    """Returns where lines are that are thin, and level or nearly so, and their number.

    There must be `least` of them, each with so many pixels of ink.
    """
    height, width = inked.shape
    rows, columns = np.nonzero(inked)
    best, most, lines = 0, 0, np.zeros_like(inked)
    for slope in np.linspace(-0.12, 0.12, 49):
        places = np.round(rows - slope * (columns - width / 2)).astype(int) + THICK
        places = np.clip(places, 0, height + 2 * THICK - 1)
        counts = np.bincount(places, minlength=height + 2 * THICK)
        beside = np.maximum(np.roll(counts, THICK), np.roll(counts, -THICK))
        peaks = (counts > length) & (counts > 2 * beside)
        number = np.count_nonzero(np.diff(peaks.astype(int)) == 1)
        sharp = np.sum(counts[peaks] ** 2)
        if number >= least and sharp > best:
            best, most = sharp, number
            wide = peaks | np.roll(peaks, 1) | np.roll(peaks, -1)
            lines[rows, columns] = wide[places]
    if not best:
        return lines, 0
    # where a stroke crosses a line, the ink is taller than the line
    tall = inked
    for choose in np.minimum, np.maximum:
        tall = spread_down(tall, THICK | 1, choose)
    return lines & ~tall, most


def find_ruling(inked):
    """Returns where the lines of ruled paper are: longer than any stroke."""
    if min(inked.shape) < 10 * THICK:  # too small for ruled paper
        return np.zeros_like(inked)
    return find_lines(inked, least=3, length=0.25 * max(inked.shape))[0]


def find_box(part):
    """Returns where the lines of a box are, or of several in a row, in a part cut out.

    A digit may touch them: it stays, if it is no bar. A row of boxes has two long lines,
    squared paper has many both ways.
    """
    height, width = part.shape
    across, number = find_lines(part, least=2, length=BOXED * width)
    down, number_down = find_lines(part.T, least=2, length=BOXED * height)
    if min(number, number_down) != 2:
        return np.zeros_like(part)
    lines = across | down.T
    pieces = find_parts(part & ~lines)
    near = spread(lines, 5, np.maximum)
    near[[0, 1, -2, -1]] = near[:, [0, 1, -2, -1]] = True  # where its sides are
    for piece in np.unique(pieces[near & (pieces > 0)]):
        sides = np.ptp(np.nonzero(pieces == piece), axis=1) + 1
        if min(sides) < 0.45 * max(sides):
            lines |= pieces == piece
    return lines
