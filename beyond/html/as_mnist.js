// The digit, prepared as those of MNIST were: the sums of as_mnist.py. A picture has a
// width, a height and its values, row by row, from 0 to 255, all ink.

const BOX = 20, SIZE = 28, MIDDLE = 14;

function bicubic(x) {
  x = Math.abs(x);
  if (x < 1) return 1.5 * x ** 3 - 2.5 * x ** 2 + 1;
  return x < 2 ? -0.5 * x ** 3 + 2.5 * x ** 2 - 4 * x + 2 : 0;
}

// Gives each row `length` pixels, weighted means of those that it had, and swaps the axes.
function resizeRows({ width, height, values }, length) {
  const scale = width / length, reach = Math.max(scale, 1);
  const resized = new Uint8ClampedArray(length * height);
  for (let x = 0; x < length; x++) {
    const middle = (x + 0.5) * scale;
    const first = Math.max(0, Math.floor(middle - 2 * reach + 0.5));
    const end = Math.min(width, Math.floor(middle + 2 * reach + 0.5));
    const weights = [];
    for (let i = first; i < end; i++) weights.push(bicubic((i + 0.5 - middle) / reach));
    const total = weights.reduce((sum, weight) => sum + weight);
    for (let y = 0; y < height; y++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i] * values[y * width + first + i];
      resized[x * height + y] = sum / total;
    }
  }
  return { width: height, height: length, values: resized };
}

// Returns the largest mean of 3x3 pixels.
function contrast({ width, height, values }) {
  let most = 0;
  for (let i = width + 1; i < (height - 1) * width - 1; i++) {
    let sum = 0;
    for (let middle = i - width; middle <= i + width; middle += width)
      sum += values[middle - 1] + values[middle] + values[middle + 1];
    most = Math.max(most, sum);
  }
  return Math.round(most / 9);
}

// Cuts out the smallest box with all ink in it, and sets what is faint to 0.
function crop({ width, values }, faint) {
  let left = width, right = 0, top = Infinity, bottom = 0;
  values.forEach((value, i) => {
    if (value <= faint) return;
    const x = i % width, y = Math.floor(i / width);
    left = Math.min(left, x);
    right = Math.max(right, x + 1);
    top = Math.min(top, y);
    bottom = y + 1;
  });
  const cropped = [];
  for (let y = top; y < bottom; y++)
    cropped.push(...values.subarray(y * width + left, y * width + right));
  return { width: right - left, height: bottom - top,
    values: cropped.map(value => value > faint ? value : 0) };
}

// As Python rounds: a half to the even number.
const round = x => x % 1 === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);

// Makes the long side 20 pixels, and the strongest fifth of the ink 255.
function fitBox(picture) {
  const scale = BOX / Math.max(picture.width, picture.height);
  const side = length => Math.max(1, round(scale * length));
  const turned = resizeRows(picture, side(picture.width));
  const { width, height, values } = resizeRows(turned, side(picture.height));
  const inked = values.filter(value => value > 0).sort();
  const place = 0.8 * (inked.length - 1), below = Math.floor(place);
  const strong = inked[below] + (place - below) * (inked[Math.ceil(place)] - inked[below]);
  return { width, height, values: [...values].map(v => Math.min(255, v * (255 / strong))) };
}

// Lays a picture into 28x28 pixels, its centre of mass in the middle.
function centre({ width, height, values }) {
  const sum = weightOf => values.reduce((sum, value, i) => sum + value * weightOf(i), 0);
  const x = sum(i => i % width) / sum(() => 1);
  const y = sum(i => Math.floor(i / width)) / sum(() => 1);
  const inside = (start, length) => Math.min(Math.max(round(start), 0), SIZE - length);
  const left = inside(MIDDLE - x, width), top = inside(MIDDLE - y, height);
  const digit = new Uint8Array(SIZE * SIZE);
  values.forEach((value, i) => {
    digit[(top + Math.floor(i / width)) * SIZE + left + i % width] = value;
  });
  return digit;
}

// Returns a digit, the 28x28 values, of a picture.
function asMnist(picture) {
  return centre(fitBox(crop(picture, contrast(picture) / 2)));
}

// Returns the image that the networks get: from 0 to 1, with a frame. The digit is moved
// by dx to the right and by dy down, and loses what leaves the 28x28 pixels.
function prepare(digit, dx, dy) {
  const isInside = place => 0 <= place && place < SIZE;
  return makeSquare(SIZE + 4, (row, column) => {
    const x = column - 2, y = row - 2;
    const isSeen = [x, y, x - dx, y - dy].every(isInside);
    return isSeen ? digit[(y - dy) * SIZE + x - dx] / 255 : 0;
  });
}
