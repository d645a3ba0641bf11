// Reading, and doubting: for the three reasons of read_photo.py, in its words.

const LIKELY = 0.6;  // a probability: what has less is not certain

function indexOfLargest(values) {
  return values.indexOf(Math.max(...values));
}

const blurWeights = Array.from({ length: typical.size }, (_, i) =>
  Array.from({ length: SIZE }, (_, j) =>
    Math.exp(-((2 * i + 0.5 - j) ** 2) / (2 * typical.blur ** 2))));

// Returns an image in 14x14 blurred pixels, as a vector of length 1: as in write_digits.py.
function blur({ values }) {
  const rows = blurWeights.map(weights => Array.from({ length: SIZE }, (_, column) =>
    weights.reduce((sum, weight, row) => sum + weight * values[row * SIZE + column], 0)));
  return toUnit(rows.flatMap(row => blurWeights.map(weights =>
    weights.reduce((sum, weight, column) => sum + weight * row[column], 0))));
}

function toUnit(vector) {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map(value => value / length);
}

const typicalImages = typical.images.map(text => {
  const bytes = decode(text), length = typical.size ** 2, vectors = [];
  for (let start = 0; start < bytes.length; start += length)
    vectors.push(toUnit(Float32Array.from(bytes.subarray(start, start + length))));
  return vectors;
});

// Returns the cosine of the angle between an image and the typical one it is most like.
function similarity(image, label) {
  const vector = blur(image);
  return Math.max(...typicalImages[label].map(other =>
    other.reduce((sum, value, i) => sum + value * vector[i], 0)));
}

function findDoubt(ours, others, answer, likeness) {
  const name = names[answer];
  if (ours[answer] < LIKELY) return `LeNet-5 gives the ${name} less than ${percent(LIKELY)}`;
  if (indexOfLargest(others) !== answer) return "the two networks do not agree";
  if (likeness < typical.similar) return `no ${name} among the training ${thing}s looks like it`;
  return "";
}

let computed = null;  // the image whose values the layers have

function computeBoth(image) {
  if (computed === image) return;
  compute(lenet5, image);
  compute(dense, cut(image, 2, 2, SIZE));
  computed = image;
}

// Returns what the networks make of a digit, 28x28 values.
function read(digit, dx, dy) {
  const image = prepare(digit, dx, dy);
  computeBoth(image);
  const [ours, others] = [lenet5, dense].map(probabilitiesOf);
  const isEmpty = image.values.every(value => value === 0), answer = indexOfLargest(ours);
  const likeness = isEmpty ? 0 : similarity(cut(image, 2, 2, SIZE), answer);
  const doubt = isEmpty ? "nothing is left of it" : findDoubt(ours, others, answer, likeness);
  return { image, ours, others, likeness, doubt };
}

const readings = new Map();  // of strokes that have been read
const numbers = new WeakMap();  // of strokes
let strokeCount = 0;

function numberOf(stroke) {
  if (!numbers.has(stroke)) numbers.set(stroke, ++strokeCount);
  return numbers.get(stroke);
}

function readStrokes(strokes, dx = 0, dy = 0) {
  const key = [dx, dy, ...strokes.map(stroke => [numberOf(stroke), stroke.length])].join();
  if (!readings.has(key)) {
    if (readings.size > 500) readings.clear();
    readings.set(key, { ...read(asMnist(draw(strokes)), dx, dy), strokes });
  }
  return readings.get(key);
}

function doubtOf(strokes) {
  const { doubt, likeness } = readStrokes(strokes);
  return doubt ? 1 : 1 - likeness;
}

// Returns what the networks make of a sheet, from left to right: a reading for each digit.
function readSheet({ strokes, example, dx, dy }) {
  if (example) return [read(example.square.values, dx, dy)];
  const digits = strokes.length ? findDigits(strokes, doubtOf) : [];
  const dot = Math.max(DOT, 0.15 * Math.max(...digits.map(sizeOf)));
  return digits.map((digit, i) => {
    const reading = readStrokes(digit, dx, dy);
    const touches = [i - 1, i + 1].some(j => digits[j] && areTouching(digit, digits[j]));
    const doubt = sizeOf(digit) < dot ? `too small for a ${thing}`
      : reading.doubt || (touches ? "it touches the next one" : "");
    return { ...reading, doubt };
  });
}
