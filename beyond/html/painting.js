// Painting: from 0, the colour of paper, to the largest value of a layer.

let shades;  // css colours, for -255 to 255
let bytes;  // the same as pixels
const shadeOf = share => Math.round(255 * share) + 255;
const decimal = number => number.toFixed(2).replace("-", "−").replace("−0.00", "0.00");
const grouped = number => number.toLocaleString("en", { maximumFractionDigits: 2 });
const percent = share => `${Math.round(100 * share)} %`;

function byId(id) {
  return document.getElementById(id);
}

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// A change of the page costs time, even if nothing changes by it.
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

function mix(from, to, share) {
  return from.map((light, i) => light + share * (to[i] - light));
}

function paletteOf(...names) {
  const style = getComputedStyle(document.documentElement);
  return names.map(name =>
    style.getPropertyValue(name).match(/\w\w/g).map(two => parseInt(two, 16)));
}

function mixShades() {
  const [paper, positive, negative] = paletteOf("--paper", "--positive", "--negative");
  const colours = Array.from({ length: 511 }, (_, i) =>
    mix(paper, i < 255 ? negative : positive, Math.abs(i - 255) / 255));
  shades = colours.map(colour => `rgb(${colour})`);
  const pixels = colours.flatMap(colour => [...colour, 255]);
  bytes = new Uint32Array(Uint8ClampedArray.from(pixels).buffer);
}

function largest(squares) {
  const larger = (most, value) => Math.max(most, Math.abs(value));
  return squares.reduce((most, { values }) => values.reduce(larger, most), 1e-9);
}

// From one map to the next there is a line; single units go without.
const pitch = size => size === 1 ? 1 : size + 1;

// Returns the pixels of a canvas, one number for each, to be changed and then shown.
function pixelsOf(canvas, width, height) {
  if (canvas.width !== width || canvas.height !== height || !canvas.pixels) {
    Object.assign(canvas, { width, height });
    canvas.context = canvas.getContext("2d");
    canvas.image = canvas.context.createImageData(width, height);
    canvas.pixels = new Uint32Array(canvas.image.data.buffer);
  }
  return canvas.pixels;
}

const show = canvas => canvas.context.putImageData(canvas.image, 0, 0);

// `most` is the value that gets the full colour. What is in `off` is not painted.
function paint(canvas, squares, columns = 1, most = largest(squares), off = new Set()) {
  const { size } = squares[0];
  const width = (columns - 1) * pitch(size) + size;
  const height = (Math.ceil(squares.length / columns) - 1) * pitch(size) + size;
  const pixels = pixelsOf(canvas, width, height);
  squares.forEach(({ values }, i) => {
    const left = (i % columns) * pitch(size), top = Math.floor(i / columns) * pitch(size);
    for (let row = 0; row < size; row++)
      for (let column = 0; column < size; column++)
        pixels[(top + row) * width + left + column] =
          off.has(i) ? 0 : bytes[shadeOf(values[row * size + column] / most)];
  });
  show(canvas);
  return canvas;
}

function paintField() {
  const scale = field.height / FIELD;
  fieldContext.resetTransform();
  fieldContext.clearRect(0, 0, field.width, field.height);
  if (sheet.example) {
    const painted = paint(make("canvas"), [sheet.example.square]);
    fieldContext.imageSmoothingEnabled = false;
    const left = (field.width - field.height) / 2;
    fieldContext.drawImage(painted, left, 0, field.height, field.height);
  }
  fieldContext.setTransform(scale, 0, 0, scale, 0, 0);
  fieldContext.strokeStyle = getComputedStyle(field).color;
  fieldContext.lineWidth = PEN;
  fieldContext.lineCap = fieldContext.lineJoin = "round";
  for (const [first, ...others] of sheet.strokes) {
    fieldContext.beginPath();
    fieldContext.moveTo(first[0] + 0.01, first[1]);  // a line of no length is not drawn
    for (const point of others.length ? others : [first]) fieldContext.lineTo(...point);
    fieldContext.stroke();
  }
}

// Many classes are shown in rows of about ten.
const classRows = Math.ceil(names.length / 10), perRow = Math.ceil(names.length / classRows);
byId("bars").style.gridTemplateColumns = `repeat(${perRow}, minmax(0, 1fr))`;
byId("bars").style.setProperty("--rows", classRows);
const bars = names.map(name => {
  const pair = [make("i", {}), make("i", {})];
  byId("bars").append(make("span", { title: name }, make("div", {}, ...pair), name));
  return pair;
});

function paintBars({ ours, others }) {
  bars.forEach((pair, label) => pair.forEach((bar, i) => {
    setAttribute(bar, "style", `height: ${Math.round(100 * (i ? others : ours)[label])}%`);
  }));
}

// Of several doubts, that about the digit that is shown, or the first.
function sayDoubt(readings, selected) {
  const doubted = [...readings.keys()].filter(i => readings[i].doubt);
  if (!doubted.length) return "";
  const said = doubted.includes(selected) ? selected : doubted[0], { doubt } = readings[said];
  const others = doubted.length > 1 ? ` (${doubted.length - 1} more are doubted.)` : "";
  return `Not certain${readings.length > 1 ? ` of ${thing} ${said + 1}` : ""}: ${doubt}.${others}`;
}

// Digits make a number, and signs stand side by side.
const between = names.some(name => name.length > 1) ? " " : "";
const nameAll = labels => labels.map(label => names[label]).join(between);
const upper = text => text[0].toUpperCase() + text.slice(1);

// What both networks read in a sheet: the text, and, of numbers, a button for each digit.
function paintAnswer(readings, selected) {
  const [ours, others] = ["ours", "others"].map(network =>
    readings.map(reading => indexOfLargest(reading[network])));
  const alone = readings.length === 1;
  const share = (network, label) => alone ? ` (${percent(readings[0][network][label[0]])})` : "";
  const lines = [
    `■ LeNet-5 reads ${nameAll(ours)}${share("ours", ours)}`,
    sayDoubt(readings, selected),
    `□ dense network ${nameAll(others)}${share("others", others)}`,
    ...sheet.example ? [`it is a ${names[sheet.example.label]}`] : [],
  ];
  const text = readings.length ? lines.filter(line => line).join("\n") : `Write a ${thing}, or several`;
  setText(byId("reading"), text);
  rest(text);
  const nothing = names.map(() => 0);
  paintBars(readings[selected] ?? { ours: nothing, others: nothing });

  const thumbs = byId("thumbs");
  while (thumbs.children.length > readings.length) thumbs.lastChild.remove();
  while (thumbs.children.length < readings.length) {
    const place = thumbs.children.length;
    const onclick = () => select(place);
    thumbs.append(make("button", { onclick }, make("canvas", {}), make("span", {})));
  }
  thumbs.hidden = alone || !readings.length;
  readings.forEach(({ image, doubt }, i) => {
    const button = thumbs.children[i], [canvas, label] = button.children;
    if (canvas.of !== image) paint(canvas, [canvas.of = image]);
    const name = names[ours[i]];
    setText(label, `${name}${doubt ? "?" : ""}`);
    setAttribute(button, "aria-pressed", i === selected);
    setAttribute(button, "aria-label", `${upper(thing)} ${i + 1}: ${name}${doubt ? ", not certain" : ""}`);
  });
}

// What is done once the pen has rested: a screen reader says what is read, once for a
// digit and not with every point, and the browser keeps the sheet.
let timer;

function rest(text) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    setText(byId("announcement"), text.replace(/[■□] /g, ""));
    keep();
  }, 600);
}
