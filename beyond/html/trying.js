// What one can try: a kernel that slides, maps that are switched off, covered parts.

let sliding = null;  // { at, from, timer }: how far it is, and from which unit it was sent

// Returns a map as it is shown: while a kernel slides, what it has not reached is empty.
function mapOf(layer, unit) {
  const map = layer.maps[unit];
  if (!sliding || chosen.layer !== layer || chosen.unit !== unit) return map;
  return { size: map.size, values: map.values.map((value, i) => i <= sliding.at ? value : 0) };
}

const isStill = matchMedia("(prefers-reduced-motion: reduce)");

function stopSliding() {
  if (!sliding) return;
  clearTimeout(sliding.timer);
  sliding = null;
  refresh();
}

// Goes to the next place: one by one in the first two rows, then row by row.
function slide() {
  const { layer, unit } = chosen, { size } = layer.maps[0];
  const at = sliding ? sliding.at + (sliding.at < 2 * size - 1 || isStill.matches ? 1 : size) : 0;
  const from = sliding?.from ?? chosen;
  if (at >= size * size) {
    stopSliding();
    return choose(from);
  }
  sliding = { at, from, timer: isStill.matches ? 0 : setTimeout(slide, at < 2 * size ? 120 : 300) };
  isHeld = true;
  choose({ ...chosen, row: Math.floor(at / size), column: at % size });
  paintLayer(layer);
}

function toggleSliding() {
  if (sliding && !isStill.matches) stopSliding();
  else slide();
}

function changeNetwork() {
  readings.clear();
  computed = null;
  refresh();
}

function toggleMap() {
  const { layer: { off }, unit } = chosen;
  if (!off.delete(unit)) off.add(unit);
  changeNetwork();
}

function switchAllOn() {
  for (const { off } of layers) off.clear();
  byId("off").focus();  // the button vanishes
  changeNetwork();
}

function updateTools() {
  const { layer, unit } = chosen, isMap = layer.maps[0].size > 1;
  const count = layers.reduce((sum, { off }) => sum + off.size, 0);
  byId("slide").hidden = !isMap;
  byId("off").hidden = layer.activation === "softmax";
  byId("on").hidden = count === 0;
  setText(byId("slide"), isStill.matches ? "Next patch" : sliding ? "Stop" : "Slide");
  setText(byId("off"), layer.off.has(unit) ? "Switch on" : "Switch off");
  setText(byId("on"), `All on (${count} off)`);
}

// What matters? Covers each part of the digit in turn.
const COVER = 5, STEP = 3, PLACES = 10;  // pixels, pixels, in each direction

function cover({ size, values }, top, left) {
  return makeSquare(size, (row, column) =>
    row >= top && row < top + COVER && column >= left && column < left + COVER
      ? 0 : values[row * size + column]);
}

// Returns by how much the answer's probability falls with each of 10x10 parts covered.
function findLosses(image, answer, probability) {
  const losses = makeSquare(PLACES, (row, column) => {
    compute(lenet5, cover(image, STEP * row, STEP * column));
    return probability - probabilitiesOf(lenet5)[answer];
  });
  computed = null;
  return losses;
}

let losses = null;  // of the digit that is shown, once somebody has asked

function findWhatMatters() {
  const { image, ours } = readingsOfSheet[selected] ?? {};
  if (!image) return;
  const answer = indexOfLargest(ours);
  losses = { image, answer, ours, square: findLosses(image, answer, ours[answer]) };
  refresh();
}

// Colours the ink by what covering it costs: the mean of all covers that lie on a pixel.
function paintWhatMatters(image) {
  const isSame = (value, i) => value === losses.image.values[i];
  const isShown = losses && image && image.values.every(isSame);
  byId("matters").parentElement.hidden = !isShown;
  if (!isShown) return setText(byId("suffers"), "");
  const { square, answer, ours } = losses, { size } = image, most = largest([square]);
  const [paper, ink, positive, negative] = paletteOf("--paper", "--ink", "--positive", "--negative");
  const pixels = pixelsOf(byId("matters"), size, size);
  const colours = new Uint8ClampedArray(pixels.buffer);
  const near = at => [...Array(PLACES).keys()].filter(i => STEP * i <= at && at < STEP * i + COVER);
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const covers = near(row).flatMap(y => near(column).map(x => square.values[y * PLACES + x]));
      const share = covers.reduce((sum, loss) => sum + loss) / covers.length / most;
      const grey = mix(paper, ink, 0.35);
      const colour = mix(grey, share > 0 ? positive : negative, Math.min(1, Math.abs(share)));
      const place = row * size + column;
      colours.set([...mix(paper, colour, image.values[place]), 255], 4 * place);
    }
  show(byId("matters"));
  const worst = Math.max(...square.values);
  const cost = Math.round(100 * worst), share = percent(ours[answer]), name = names[answer];
  setText(byId("suffers"), cost > 0
    ? `Covered, the bluest part costs the ${name} ${cost} of its ${share}; red ink speaks against it.`
    : `Whatever part is covered, the ${name} keeps its ${share}.`);
}
