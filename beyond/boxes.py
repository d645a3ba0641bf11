"""Boxes around parts of ink: which belong together, and in which order one reads them.

A box is left, top, right, bottom, in pixels: an array.
"""

import numpy as np


def is_frame(box, boxes):
    """Tells whether a box has another in it, or three, and not small ones."""
    inside = (box[:2] < boxes[:, :2]).all(axis=1) & (box[2:] > boxes[:, 2:]).all(axis=1)
    heights = (boxes[inside, 3] - boxes[inside, 1]) / (box[3] - box[1])
    return (heights > 0.25).any() or (heights > 0.08).sum() >= 3


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


def is_like(box, digit):
    """Tells whether a box stands in a line with a digit, and is as tall as it."""
    heights = box[3] - box[1], digit[3] - digit[1]
    common = min(box[3], digit[3]) - max(box[1], digit[1])
    is_as_tall = 1.5 * min(heights) > max(heights) and common > 0.5 * max(heights)
    return is_as_tall and box[2] - box[0] < heights[0]


def stands_beside(box, digit):
    """Tells whether a box might be the digit next to one."""
    gap = max(box[0], digit[0]) - min(box[2], digit[2])
    return is_like(box, digit) and 0 <= gap < 1.5 * (digit[3] - digit[1])
