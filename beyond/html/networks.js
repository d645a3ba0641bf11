// The networks. A square is an image, a feature map or a kernel: its values, row by row.
// A unit of a dense layer is a map with one value, and has a kernel for each input.
// `thing` is what is written, digit or sign; `names` has that of every class.

const { thing, names, lenet5, dense, smoothing, typical, examples, mistakes } =
  JSON.parse(byId("data").textContent);
const layers = [...lenet5.layers, ...dense.layers];

function decode(text) {
  return Uint8Array.from(atob(text), character => character.charCodeAt(0));
}

const decodeFloats = text => new Float32Array(decode(text).buffer);

function decodeKernel(text) {
  const values = decodeFloats(text);
  return { size: Math.sqrt(values.length), values };
}

for (const layer of layers.filter(layer => layer.kernels)) {
  layer.kernels = layer.kernels.map(unit => unit.map(decodeKernel));
  layer.biases = decodeFloats(layer.biases);
}

function makeSquare(size, valueAt) {
  const values = new Float32Array(size * size);
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++)
      values[row * size + column] = valueAt(row, column);
  return { size, values };
}

function cut(square, top, left, size) {
  return makeSquare(size, (row, column) =>
    square.values[(top + row) * square.size + left + column]);
}

// Multiplies a kernel with the patch of a square below it, and adds the products up.
function weigh(square, top, left, kernel) {
  const { size, values } = square, weights = kernel.values;
  let sum = 0, i = 0;
  for (let row = 0; row < kernel.size; row++) {
    const start = (top + row) * size + left;
    for (let place = start; place < start + kernel.size; place++)
      sum += weights[i++] * values[place];
  }
  return sum;
}

const activations = { relu: x => Math.max(0, x), tanh: Math.tanh, softmax: x => x };
const poolings = {
  MaxPooling2D: Math.max,
  AveragePooling2D: (a, b, c, d) => (a + b + c + d) / 4,
};

function convolve(inputs, layer) {
  const size = inputs[0].size - layer.kernels[0][0].size + 1;
  const activate = activations[layer.activation];
  return layer.kernels.map((kernels, unit) => makeSquare(size, (row, column) => {
    let sum = layer.biases[unit];
    for (let i = 0; i < kernels.length; i++) sum += weigh(inputs[i], row, column, kernels[i]);
    return activate(sum);
  }));
}

function pool(inputs, layer) {
  const poolFour = poolings[layer.pooling];
  return inputs.map(({ size, values }) => makeSquare(size / 2, (row, column) => {
    const place = 2 * row * size + 2 * column, below = place + size;
    return poolFour(values[place], values[place + 1], values[below], values[below + 1]);
  }));
}

// Turns the sums of all units into probabilities, which add up to 1.
function softmax(units) {
  const powers = units.map(unit => Math.exp(unit.values[0]));
  const total = powers.reduce((sum, power) => sum + power);
  return powers.map(power => makeSquare(1, () => power / total));
}

// Leaves in each layer of a network its inputs and its maps; those switched off are 0.
function compute(network, image) {
  let maps = [image];
  for (const layer of network.layers) {
    layer.inputs = maps;
    maps = layer.pooling ? pool(maps, layer) : convolve(maps, layer);
    if (layer.activation === "softmax") {
      layer.sums = maps.map(unit => unit.values[0]);
      maps = softmax(maps);
    }
    for (const unit of layer.off ?? []) maps[unit].values.fill(0);
    layer.maps = maps;
  }
}

// Returns the probabilities of all classes that a network has computed.
const probabilitiesOf = network => network.layers.at(-1).maps.map(unit => unit.values[0]);
