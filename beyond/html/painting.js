// Painting: from 0, the colour of paper, to the largest value of a layer.

let shades;  // red, green, blue and opacity, for -255 to 255
const shade = share => shades[Math.round(255 * share) + 255];
const decimal = number => number.toFixed(2).replace("-", "−").replace("−0.00", "0.00");
const percent = share => `${Math.round(100 * share)} %`;

function byId(id) {
  return document.getElementById(id);
}

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function mixShades() {
  const style = getComputedStyle(document.documentElement);
  const [paper, positive, negative] = ["--paper", "--positive", "--negative"].map(name =>
    style.getPropertyValue(name).match(/\w\w/g).map(two => parseInt(two, 16)));
  shades = Array.from({ length: 511 }, (_, i) => {
    const full = i < 255 ? negative : positive, share = Math.abs(i - 255) / 255;
    return [...paper.map((light, c) => light + share * (full[c] - light)), 255];
  });
}

function largest(squares) {
  const larger = (most, value) => Math.max(most, Math.abs(value));
  return Math.max(...squares.map(({ values }) => values.reduce(larger, 1e-9)));
}

// From one map to the next there is a line; single units go without.
const pitch = size => size === 1 ? 1 : size + 1;

// `most` is the value that gets the full colour.
function paint(canvas, squares, columns = 1, most = largest(squares)) {
  const { size } = squares[0];
  canvas.width = (columns - 1) * pitch(size) + size;
  canvas.height = (Math.ceil(squares.length / columns) - 1) * pitch(size) + size;
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(canvas.width, canvas.height);
  squares.forEach(({ values }, i) => {
    const left = (i % columns) * pitch(size), top = Math.floor(i / columns) * pitch(size);
    values.forEach((value, j) => {
      const place = (top + Math.floor(j / size)) * canvas.width + left + j % size;
      pixels.data.set(shade(value / most), 4 * place);
    });
  });
  context.putImageData(pixels, 0, 0);
  return canvas;
}

function frame(canvas, left, top, size) {
  const { width, height } = canvas;
  const right = width - left - size, bottom = height - top - size;
  const inset = [top / height, right / width, bottom / height, left / width]
    .map(share => `${100 * share}%`).join(" ");
  canvas.parentElement.append(make("i", { className: "frame", style: `inset: ${inset}` }));
}

function paintField() {
  fieldContext.resetTransform();
  fieldContext.clearRect(0, 0, field.width, field.height);
  fieldContext.imageSmoothingEnabled = false;
  if (sheet.testDigit) {
    const painted = paint(make("canvas"), [sheet.testDigit.square]);
    fieldContext.drawImage(painted, 0, 0, field.width, field.height);
  }
  fieldContext.strokeStyle = getComputedStyle(field).color;
  drawStrokes(fieldContext);
}

function paintAnswer(isEmpty) {
  const outputs = [lenet5, dense].map(network =>
    network.layers.at(-1).maps.map(unit => unit.values[0]));
  const [ours, others] = outputs.map(probabilities => {
    const most = Math.max(...probabilities);
    return `${probabilities.indexOf(most)} (${percent(most)})`;
  });
  const truth = sheet.testDigit ? `\nit is a ${sheet.testDigit.label}` : "";
  const reading = isEmpty ? "Write a digit\n(below: an empty sheet)"
    : `■ LeNet-5 reads ${ours}\n□ dense network ${others}${truth}`;
  if (byId("reading").textContent !== reading) byId("reading").textContent = reading;
  byId("bars").replaceChildren(...Array.from({ length: 10 }, (_, label) => {
    const bars = outputs.map(probabilities =>
      make("i", { style: `height: ${isEmpty ? 0 : 100 * probabilities[label]}%` }));
    return make("span", {}, make("div", {}, ...bars), String(label));
  }));
}

let isWaiting = false;  // for the next frame

function refresh() {
  if (!isWaiting) requestAnimationFrame(update);
  isWaiting = true;
}

function update() {
  isWaiting = false;
  const { strokes, testDigit, dx, dy } = sheet, isEmpty = !testDigit && !strokes.length;
  const written = () => isEmpty ? new Uint8Array(SIZE * SIZE) : asMnist(readInk());
  const image = prepare(testDigit?.square.values ?? written(), dx, dy);
  compute(lenet5, image);
  compute(dense, cut(image, 2, 2, SIZE));
  paintField();
  paintAnswer(isEmpty);
  paint(byId("digit"), [image]);
  for (const layer of layers) paint(layer.canvas, layer.maps, layer.columns);
  explain();
}
