"""Find the digits on a sheet of paper, in a photo, a scan or a drawing.

Parts of ink that belong together are a digit; the rest is left out, each part for a
reason.
"""

from typing import NamedTuple

import numpy as np
from boxes import is_flat, is_frame, is_inside, is_like, join, join_boxes
from find_ink import FAINT, LENGTH, contrast_of, find_box, find_ink, find_parts
from find_ink import find_ruling
from find_ink import ink_on_paper, isolate, measure, shrink, spread
from PIL import Image, ImageChops

SOLID, CUT_OFF = "solid", "cut off by the edge"
FRAME, CORNERS = "a frame", "ink in all four corners"
MOST = 100  # parts: of more, the smallest are dirt
WINDOWS = 0.06, 0.17
SMALLEST_BOX = 24  # pixels: its side
CORNER = 0.14  # of the width and the height: so far a corner reaches
MARGIN = 6  # pixels: what is around a shape
FILLED = 9  # pixels: a gap that is narrower is as if it were ink
LONG = 16  # times as long as wide: from here on, it is surely a stroke


class Shape(NamedTuple):
    """A digit on a sheet, or what is left out."""

    box: tuple  # left, top, right, bottom, in pixels of the picture
    ink: Image.Image = None  # light on dark, cut out; None if it is left out
    reason: str = ""  # why it is left out


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
    width = max(1, 2 * depth[: len(mask), : mask.shape[1]][mask].max())
    return min(LONG, np.count_nonzero(mask) / width**2)


def is_solid(mask):
    """Tells whether a shape, cut out, is a plate or a blob, and no strokes."""
    height, width = mask.shape
    rim = 1 + height // 50
    sides = [mask[:rim].any(axis=0), mask[-rim:].any(axis=0)]
    sides += [mask[:, :rim].any(axis=1), mask[:, -rim:].any(axis=1)]
    filled = mask.mean()
    is_plate = filled > 0.5 and min(side.mean() for side in sides) > 0.75
    return width > 0.5 * height and (filled > 0.75 or is_plate)


def has_corners(mask):
    """Tells whether a shape, cut out, has ink in all corners, as a box or an X has."""
    height, width = mask.shape
    y, x = np.indices(mask.shape) / np.reshape([height, width], (2, 1, 1))
    corners = x + y, 1 - x + y, x + 1 - y, 2 - x - y
    return width > 0.5 * height and all(mask[c < CORNER].any() for c in corners)


def is_rim(box, mask, ink, pixels):
    """Tells whether a shape is the edge of something dark: no paper on all its sides.

    A bar has to be darker than all that is beside it, since a large blob counts as
    paper.
    """
    (left, top, right, bottom), mask = with_margin(box, mask, ink.shape)
    ink, pixels = (p[top:bottom, left:right] for p in (ink, pixels))
    height, width = np.ptp(np.nonzero(mask), axis=1) + 1
    inner = spread(mask, 5, np.maximum)
    around = spread(inner, 5, np.maximum) & ~inner
    darkness = np.maximum(np.percentile(pixels[around], 80) - pixels, 0.0)
    return any(
        np.mean(dark[around] > np.mean(dark[mask]) / 2) > 0.25
        for dark in ([ink, darkness] if width < 0.45 * height else [ink])
    )


def with_margin(box, mask, size):
    """Returns a box and the mask in it, larger by a margin that ends at the frame."""
    larger = np.clip(box + MARGIN * np.array([-1, -1, 1, 1]), 0, [*size[::-1]] * 2)
    left, top, right, bottom = np.abs(larger - box)
    return larger, np.pad(mask, [(top, bottom), (left, right)])


def cut_out(picture, paper, mask, box):
    """Returns the ink in a box, cut out of the whole picture, as strong as it was."""
    scale = np.tile(
        [picture.width / paper.shape[1], picture.height / paper.shape[0]], 2
    )
    edges, mask = with_margin(box, mask, paper.shape)
    left, top, right, bottom = edges
    cut = picture.crop([round(place) for place in scale * edges])
    cut.thumbnail((200, 200))
    paper = Image.fromarray(paper[top:bottom, left:right]).resize(cut.size)
    mask = Image.fromarray(spread(mask, 5, np.maximum)).resize(cut.size)
    ink = ink_on_paper(np.asarray(cut), np.asarray(paper))
    ink[~np.asarray(mask)] = 0
    ink = Image.fromarray(np.where(ink > contrast_of(ink) / 2, ink, 0))
    return ink.crop(ink.getbbox())


def join_shapes(one, other):
    """Returns two shapes as one."""
    box = join_boxes([one.box, other.box])
    left, top, right, bottom = (round(place) for place in box)
    ink = Image.new("L", (right - left, bottom - top))
    for shape in one, other:
        x, y, x_end, y_end = (round(place) for place in shape.box)
        part = Image.new("L", ink.size)
        part.paste(shape.ink.resize((x_end - x, y_end - y)), (x - left, y - top))
        ink = ImageChops.lighter(ink, part)
    return Shape(box, ink)


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


def without_boxes(ink):
    """Returns the ink without the lines of boxes, and these as shapes left out.

    The lines may be paler than the digits.
    """
    parts = find_parts(ink > contrast_of(ink) / 4)
    boxes, _ = measure(parts, ink)
    ink, left_out = ink.copy(), []
    for number, box in enumerate(boxes, start=1):
        left, top, right, bottom = box
        width, height = right - left, bottom - top
        if min(width, height) > SMALLEST_BOX:
            place = np.s_[top:bottom, left:right]
            part = parts[place] == number
            is_one = width < 1.6 * height and is_frame(box, boxes)
            lines = part if is_one else find_box(part)
            ink[place][lines] = 0
            if lines.any():
                left_out.append(Shape(box, None, FRAME))
    return ink, left_out


def sort_out(boxes, contrasts):
    """Returns the numbers of the parts that may be of digits, and what is left out."""
    sizes = np.max(boxes[:, 2:] - boxes[:, :2], axis=1)
    numbers, left_out = [], []
    for number in np.argsort(-sizes)[:MOST]:
        box = boxes[number]
        if sizes[number] < 4:
            break
        if contrasts[number] < 0.45 * contrasts.max():
            left_out.append(Shape(box, None, "too faint"))
        elif is_frame(box, boxes):
            left_out.append(Shape(box, None, FRAME))
        else:
            numbers.append(number)
    return numbers, left_out


def find_reason(box, mask, tall, ink, pixels):
    """Returns why a shape is left out; "" if it may be a digit."""
    if is_flat(box):
        return "a line"
    if box[3] - box[1] < 0.3 * tall:
        return "too small"
    if has_corners(mask):
        return CORNERS
    if is_solid(mask):
        return SOLID
    if is_rim(box, mask, ink, pixels):
        return "the edge of something"
    return ""


def look(image, window):
    """Returns the dark digits in an image, what is left out, and how sure that is ink."""
    picture = Image.fromarray(image)
    pixels = shrink(picture.copy())
    ink, paper = find_ink(pixels, window)
    if contrast_of(ink) <= FAINT:
        return [], [], 0
    ink, left_out = without_boxes(ink)
    strong = isolate(ink)
    for _ in range(2):  # across, and down
        strong = np.where(find_ruling(strong > 0), 0, strong).T
    parts = find_parts(strong > 0)
    if not parts.any():
        return [], left_out, 0
    boxes, contrasts = measure(parts, strong)
    numbers, no_digits = sort_out(boxes, contrasts)
    left_out += no_digits
    if not numbers:
        return [], left_out, 0
    boxes_left = boxes[numbers]
    groups = join(boxes_left)
    wholes = [join_boxes(boxes_left[group]) for group in groups]
    solid = [w for w in wholes if not is_flat(w)] or wholes
    tall = max(w[3] - w[1] for w in solid)
    depth = find_depth(strong > 0)
    all_ink, _ = find_ink(pixels, WINDOWS[-1])
    found, amounts, scores = [], [], []
    for group, whole in zip(groups, wholes):
        left, top, right, bottom = whole
        place = np.s_[top:bottom, left:right]
        mask = np.isin(parts[place], [numbers[n] + 1 for n in group])
        reason = find_reason(whole, mask, tall, all_ink, pixels)
        if reason:
            left_out.append(Shape(whole, None, reason))
        else:
            amounts.append(strong[place][mask].sum())
            scores.append(like_strokes(mask, depth[place]))
            found.append(Shape(whole, cut_out(picture, paper, mask, whole)))
    if not found:
        return [], left_out, 0
    left_out += find_cut_off(ink, strong, found)
    score = contrasts.max() * np.average(scores, weights=amounts)
    frame = [0, 0, *ink.shape[::-1]]
    if any((shape.box == frame).any() for shape in found):
        score /= 4  # more probably a strip of paper or desk
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
