"""Find the digits on a sheet of paper, in a photo, a scan or a drawing.

Ink is what takes light away from the paper around it. Connected ink is a part; parts
that belong together are a digit; the rest is left out, each part for a reason.
"""

from typing import NamedTuple

import numpy as np
from PIL import Image, ImageFilter  # Pillow; Matplotlib needs it

LENGTH = 500  # pixels: of the picture in which digits are looked for
FAINT = 40  # of 255: a contrast that is smaller is noise, or the grain of the paper
SOLID, CUT_OFF = "solid", "cut off by the edge"
DARKEST_PAPER = 96  # of 255: on darker paper, noise would look like ink
MOST = 100  # parts: of more, the smallest are dirt
THICK = 6  # pixels: no line of ruled paper is as thick
WINDOWS = 0.06, 0.17
FILLED = 9  # pixels: a gap that is narrower is as if it were ink
LONG = 16  # times as long as wide: from here on, it is surely a stroke


class Shape(NamedTuple):
    """A digit on a sheet, or what is left out."""

    box: tuple  # left, top, right, bottom, in pixels of the picture
    ink: Image.Image = None  # light on dark, cut out; None if it is left out
    reason: str = ""  # why it is left out


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


def find_ruling(inked):
    """Returns where the lines of ruled paper are: thin, level or nearly so, and many."""
    height, width = inked.shape
    rows, columns = np.nonzero(inked)
    best, lines = 0, np.zeros_like(inked)
    for slope in np.linspace(-0.12, 0.12, 49):
        places = np.round(rows - slope * (columns - width / 2)).astype(int) + THICK
        places = np.clip(places, 0, height + 2 * THICK - 1)
        counts = np.bincount(places, minlength=height + 2 * THICK)
        beside = np.maximum(np.roll(counts, THICK), np.roll(counts, -THICK))
        peaks = (counts > 0.3 * width) & (counts > 2 * beside)
        number = np.count_nonzero(np.diff(peaks.astype(int)) == 1)
        sharp = np.sum(counts[peaks] ** 2)
        if number >= 3 and sharp > best:
            best = sharp
            wide = peaks | np.roll(peaks, 1) | np.roll(peaks, -1)
            lines[rows, columns] = wide[places]
    if not best:
        return lines
    # where a stroke crosses a line, the ink is taller than the line
    tall = inked
    for choose in np.minimum, np.maximum:
        tall = spread_down(tall, THICK | 1, choose)
    return lines & ~tall


def find_depth(inked):
    """Returns how often each pixel is left when the ink is made thinner.

    Narrow gaps are filled first: a sheet with writing on it is no thin stroke.
    """
    inked = spread(spread(inked, FILLED, np.maximum), FILLED, np.minimum)
    inked = np.pad(inked[::2, ::2], 1)  # half as large is faster
    depth = np.zeros(inked.shape, int)
    while inked.any():
        depth += 2 * inked
        inked = spread(inked, 3, np.minimum)
    return np.kron(depth[1:-1, 1:-1], np.ones((2, 2), int))


def like_strokes(mask, depth):
    """Returns how many times as long as wide a shape is, if it is a stroke."""
    width = 2 * depth[: len(mask), : mask.shape[1]][mask].max()
    return min(LONG, np.count_nonzero(mask) / width**2)


def is_solid(mask):
    """Tells whether a shape, cut out, is a plate or a blob, and no strokes."""
    height, width = mask.shape
    sides = [mask[:3].any(axis=0), mask[-3:].any(axis=0)]
    sides += [mask[:, :3].any(axis=1), mask[:, -3:].any(axis=1)]
    filled = mask.mean()
    is_plate = filled > 0.5 and min(side.mean() for side in sides) > 0.75
    return width > 0.5 * height and (filled > 0.7 or is_plate)


def is_frame(box, boxes):
    """Tells whether a box has another in it, and not a small one."""
    tall = 0.25 * (box[3] - box[1])
    inside = (box[:2] < boxes[:, :2]).all(axis=1) & (box[2:] > boxes[:, 2:]).all(axis=1)
    return (inside & (boxes[:, 3] - boxes[:, 1] > tall)).any()


def is_inside(box, outer):
    return (outer[:2] <= box[:2] + 3).all() and (outer[2:] >= box[2:] - 3).all()


def join_boxes(boxes):
    return np.concatenate([np.min(boxes, axis=0)[:2], np.max(boxes, axis=0)[2:]])


def belong_together(one, other, tall):
    """Tells whether two boxes are of one digit: one above the other, and near."""
    upper, lower = sorted([one, other], key=lambda box: box[1] + box[3])
    common = min(one[2], other[2]) - max(one[0], other[0])
    narrow = min(one[2] - one[0], other[2] - other[0])
    left, top, right, bottom = join_boxes([one, other])
    is_underline = is_flat(lower) and lower[1] >= upper[3]
    return (
        common > 0.5 * narrow
        and lower[1] - upper[3] < 0.2 * tall
        and bottom - top < 1.3 * tall
        and not is_underline
    )


def are_near(one, other):
    """Tells whether two boxes nearly touch, and might be of one digit."""
    left, top, right, bottom = join_boxes([one, other])
    widths, heights = zip(*((b[2] - b[0], b[3] - b[1]) for b in (one, other)))
    gap = max(right - left - sum(widths), bottom - top - sum(heights))
    return gap < 0.2 * max(heights) and bottom - top < 1.6 * max(heights)


def is_flat(box):
    return box[3] - box[1] < 0.3 * (box[2] - box[0])


def join(boxes):
    """Returns lists of the numbers of the boxes that belong together."""
    tall = max(box[3] - box[1] for box in boxes)
    groups = []
    for number in range(len(boxes)):
        group = [number]
        for other in list(groups):
            whole = join_boxes(boxes[other])
            if belong_together(join_boxes(boxes[group]), whole, tall):
                groups.remove(other)
                group += other
        groups.append(group)
    return groups


def in_reading_order(shapes):
    """Returns shapes line by line, each from left to right."""
    lines = []
    for shape in sorted(shapes, key=lambda shape: shape.box[0]):
        top, bottom = shape.box[1], shape.box[3]
        for line in lines:
            last = line[-1].box
            common = min(bottom, last[3]) - max(top, last[1])
            if common > 0.5 * min(bottom - top, last[3] - last[1]):
                line.append(shape)
                break
        else:
            lines.append([shape])
    return sorted(lines, key=lambda line: line[0].box[1])


def cut_out(picture, paper, mask, box):
    """Returns the ink in a box, cut out of the whole picture, as strong as it was."""
    scale = np.tile(
        [picture.width / paper.shape[1], picture.height / paper.shape[0]], 2
    )
    edges = np.clip(box + [-3, -3, 3, 3], 0, [*paper.shape[::-1]] * 2)
    left, top, right, bottom = edges
    around = np.abs(edges - box)
    mask = np.pad(mask, [(around[1], around[3]), (around[0], around[2])])
    cut = picture.crop([round(place) for place in scale * edges])
    cut.thumbnail((200, 200))
    paper = Image.fromarray(paper[top:bottom, left:right]).resize(cut.size)
    mask = Image.fromarray(spread(mask, 5, np.maximum)).resize(cut.size)
    ink = ink_on_paper(np.asarray(cut), np.asarray(paper))
    ink[~np.asarray(mask)] = 0
    ink = Image.fromarray(np.where(ink > contrast_of(ink) / 2, ink, 0))
    return ink.crop(ink.getbbox())


def is_like(box, digit):
    """Tells whether a box stands in a line with a digit, and is as tall as it."""
    heights = box[3] - box[1], digit[3] - digit[1]
    common = min(box[3], digit[3]) - max(box[1], digit[1])
    is_as_tall = 1.5 * min(heights) > max(heights) and common > 0.5 * max(heights)
    return is_as_tall and box[2] - box[0] < heights[0]


def find_cut_off(ink, strong, shapes):
    """Returns what touches the frame and stands in a line with shapes as tall as it."""
    others = find_parts((ink > contrast_of(strong) / 2) & (strong == 0))
    if not others.any():
        return []
    boxes, _ = measure(others, ink)
    at_frame = boxes[(boxes == [0, 0, *ink.shape[::-1]]).any(axis=1)]
    return [
        Shape(box, None, CUT_OFF)
        for box in at_frame
        if any(is_like(box, shape.box) for shape in shapes)
    ]


def look(image, window):
    """Returns the dark digits in an image, what is left out, and how sure that is ink."""
    picture = Image.fromarray(image)
    ink, paper = find_ink(shrink(picture.copy()), window)
    if contrast_of(ink) <= FAINT:
        return [], [], 0
    strong = isolate(ink)
    for _ in range(2):  # across, and down
        strong = np.where(find_ruling(strong > 0), 0, strong).T
    parts = find_parts(strong > 0)
    if not parts.any():
        return [], [], 0
    boxes, contrasts = measure(parts, strong)
    sizes = np.max(boxes[:, 2:] - boxes[:, :2], axis=1)
    left_out, numbers = [], []
    for number in np.argsort(-sizes)[:MOST]:
        box = boxes[number]
        if sizes[number] < 4:
            break
        if contrasts[number] < 0.45 * contrasts.max():
            left_out.append(Shape(box, None, "too faint"))
        elif is_frame(box, boxes):
            left_out.append(Shape(box, None, "a frame"))
        else:
            numbers.append(number)
    if not numbers:
        return [], left_out, 0
    boxes_left = boxes[numbers]
    groups = join(boxes_left)
    wholes = [join_boxes(boxes_left[group]) for group in groups]
    solid = [w for w in wholes if not is_flat(w)] or wholes
    tall = max(w[3] - w[1] for w in solid)
    found, depth = [], find_depth(strong > 0)
    amounts, scores = [], []
    for group, whole in zip(groups, wholes):
        left, top, right, bottom = whole
        place = np.s_[top:bottom, left:right]
        mask = np.isin(parts[place], [numbers[n] + 1 for n in group])
        if bottom - top < 0.3 * tall:
            left_out.append(Shape(whole, None, "too small"))
        elif is_flat(whole):
            left_out.append(Shape(whole, None, "a line"))
        elif is_solid(mask):
            left_out.append(Shape(whole, None, SOLID))
        else:
            amounts.append(strong[place][mask].sum())
            scores.append(like_strokes(mask, depth[place]))
            found.append(Shape(whole, cut_out(picture, paper, mask, whole)))
    if not found:
        return [], left_out, 0
    left_out += find_cut_off(ink, strong, found)
    score = contrasts.max() * np.average(scores, weights=amounts)
    return found, left_out, score


def without_fragments(narrow, wide):
    """Returns `narrow`, or nothing if it has found the rim of something solid."""
    solid = [shape.box for shape in wide[1] if shape.reason == SOLID]
    rims = [s for s in narrow[0] if any(is_inside(s.box, box) for box in solid)]
    return ([], wide[1], 0) if rims else narrow


def find_shapes(image):
    """Returns the digits, line by line, and what is left out."""
    looks = []
    for pixels in image, 255 - image:
        narrow, wide = (look(pixels, window) for window in WINDOWS)
        looks += [without_fragments(narrow, wide), wide]
    shapes, left_out, _ = max(looks, key=lambda found: found[2])
    scale = max(1, max(image.shape) / LENGTH)

    def enlarge(shapes):
        return [shape._replace(box=tuple(scale * shape.box)) for shape in shapes]

    return enlarge(shapes), enlarge(left_out)
