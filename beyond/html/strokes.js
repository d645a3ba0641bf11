// From strokes to digits. A stroke is a list of points [x, y], in units of which the field
// is 200 high. A digit has one stroke or a few.

const FIELD = 200, PEN = 10;  // the field's height, the pen's width on it
const LONG = 80, LINE = 8;  // pixels: every digit is drawn as long, with lines as wide
const DOT = 8;  // units: what is smaller is no digit

function boxOf(strokes) {
  const points = strokes.flat();
  const [left, right] = [Math.min, Math.max].map(most => most(...points.map(([x]) => x)));
  const [top, bottom] = [Math.min, Math.max].map(most => most(...points.map(([, y]) => y)));
  return { left, right, top, bottom, width: right - left, height: bottom - top };
}

const sizeOf = strokes => Math.max(boxOf(strokes).width, boxOf(strokes).height);

function distanceToSegment(x, y, [x1, y1], [x2, y2]) {
  const dx = x2 - x1, dy = y2 - y1, square = dx * dx + dy * dy;
  const along = square && Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / square));
  return Math.hypot(x - x1 - along * dx, y - y1 - along * dy);
}

// Returns a picture of strokes: as long as all others, whatever their size on the field.
// It is computed here and not read back from a canvas, which some browsers do not allow.
function draw(strokes) {
  const box = boxOf(strokes), scale = LONG / Math.max(box.width, box.height, 1e-9);
  const edge = LINE / 2 + 1;
  const width = Math.ceil(scale * box.width + 2 * edge);
  const height = Math.ceil(scale * box.height + 2 * edge);
  const values = new Uint8Array(width * height);
  const ink = ([x1, y1], [x2, y2]) => {
    const left = Math.max(0, Math.floor(Math.min(x1, x2) - edge));
    const right = Math.min(width, Math.ceil(Math.max(x1, x2) + edge));
    const top = Math.max(0, Math.floor(Math.min(y1, y2) - edge));
    const bottom = Math.min(height, Math.ceil(Math.max(y1, y2) + edge));
    for (let y = top; y < bottom; y++)
      for (let x = left; x < right; x++) {
        const distance = distanceToSegment(x + 0.5, y + 0.5, [x1, y1], [x2, y2]);
        const share = Math.min(1, Math.max(0, LINE / 2 + 0.5 - distance));  // of the pixel
        const place = y * width + x;
        values[place] = Math.max(values[place], Math.round(255 * share));
      }
  };
  for (const stroke of strokes) {
    const points = stroke.map(([x, y]) =>
      [scale * (x - box.left) + edge, scale * (y - box.top) + edge]);
    points.forEach((point, i) => ink(points[Math.max(0, i - 1)], point));
  }
  return { width, height, values };
}

// Strokes that belong together are found in two steps. First by their places alone: if the
// middle of one is above, below or in another (a 7 and its bar, the strokes of an X), they
// are one part of a digit.

function isInside(inner, outer) {
  const middle = (inner.left + inner.right) / 2;
  return middle > outer.left + 0.1 * outer.width && middle < outer.right - 0.1 * outer.width;
}

function isOnePart(a, b) {
  const [one, other] = [boxOf(a), boxOf(b)];
  return isInside(one, other) || isInside(other, one);
}

// Returns the parts, from left to right.
function findParts(strokes) {
  let parts = [];
  for (const stroke of strokes) {
    const others = parts.filter(part => !isOnePart(part, [stroke]));
    const same = parts.filter(part => isOnePart(part, [stroke]));
    parts = [...others, [...same.flat(), stroke]];
  }
  const middle = part => boxOf(part).left + boxOf(part).right;
  return parts.sort((a, b) => middle(a) - middle(b));
}

// Then parts that touch, or reach over each other, are tried together: is the loop with a
// bar beside it a 9, or are they a 0 and a 1?

function isNear(a, b, distance) {
  return a.flat().some(([x, y]) => b.some(stroke => stroke.some((point, i) =>
    distanceToSegment(x, y, stroke[Math.max(0, i - 1)], point) < distance)));
}

function areTouching(a, b) {
  const [one, other] = [boxOf(a), boxOf(b)];
  const distance = Math.min(PEN / 2, 0.06 * Math.max(one.height, other.height));
  const gap = Math.max(one.left, other.left) - Math.min(one.right, other.right);
  return gap < distance && (isNear(a, b, distance) || isNear(b, a, distance));
}

function mayBeOneDigit(a, b) {
  if (thing === "sign") return true;  // whatever somebody has invented
  const [one, other] = [boxOf(a), boxOf(b)];
  const common = Math.min(one.right, other.right) - Math.max(one.left, other.left) + 4;
  return common > 0.2 * (Math.min(one.width, other.width) + 4) || areTouching(a, b);
}

// Two that are as tall as each other, or more wide than tall, are rather two digits.
function areRatherTwo(run) {
  const heights = run.map(part => boxOf(part).height), tallest = Math.max(...heights);
  const { width, height } = boxOf(run.flat());
  return run.length > 1
    && (heights.filter(tall => tall > 0.75 * tallest).length > 1 || width > height);
}

// Returns the digits of a field from left to right, each a list of strokes. Of all ways to
// join neighbours, takes the one with the lowest cost: that of doubts, and then of digits.
// `doubtOf` returns, for strokes that may be a digit, from 0 to 1, and 1 if it is not read.
function findDigits(strokes, doubtOf) {
  const parts = findParts(strokes);
  const meets = parts.map((part, i) => i > 0 && mayBeOneDigit(parts[i - 1], part));
  const best = [{ cost: 0, digits: [] }];  // for the first parts, none to all
  for (let end = 1; end <= parts.length; end++)
    for (let start = end - 1; start >= Math.max(0, end - 4); start--) {
      const run = parts.slice(start, end), isAlone = !meets[start] && !meets[end];
      const doubt = isAlone && run.length === 1 ? 0 : run.length * doubtOf(run.flat());
      const cost = best[start].cost + 0.1 + doubt + (areRatherTwo(run) ? 0.3 : 0);
      if (!best[end] || cost < best[end].cost)
        best[end] = { cost, digits: [...best[start].digits, run.flat()] };
      if (!meets[start]) break;
    }
  return best.at(-1).digits;
}
