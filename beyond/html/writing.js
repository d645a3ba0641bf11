// Writing. A sheet has strokes or an example, moved by dx to the right and by dy down.

const EMPTY = { strokes: [], example: null, dx: 0, dy: 0 };
const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const field = byId("field");
const fieldContext = field.getContext("2d");
const past = [];  // sheets and collections, for undo
let sheet = EMPTY;
let readingsOfSheet = [];
let selected = 0;  // the digit at which the network is shown at work
let writing = null;  // the pointer that is down
let lastPen = -Infinity;  // when a pen has been near

function change(changes, newCollection = collection) {
  writing = null;
  past.push([sheet, collection]);
  sheet = { ...sheet, ...changes };
  collect(newCollection);
  refresh();
}

const clear = () => change(EMPTY);

function undo() {
  writing = null;
  const [oldSheet, oldCollection] = past.pop() ?? [sheet, collection];
  sheet = oldSheet;
  collect(oldCollection);
  refresh();
}

function move([dx, dy]) {
  change({ dx: sheet.dx + dx, dy: sheet.dy + dy });
}

function select(place) {
  selected = place;
  refresh();
}

// The browser keeps the sheet: it is still there after a reload, or on the way back.
function keep() {
  const { strokes, example, dx, dy } = sheet;
  const { chosen } = collection;
  history.replaceState({ strokes, number: example?.number, dx, dy, chosen }, "");
}

function restore() {
  const { number, chosen, ...kept } = history.state;
  collection = { ...collection, chosen };
  sheet = { ...kept, example: examples.find(one => one.number === number) ?? null };
}

function pointOf(event) {
  const { left, top, height } = field.getBoundingClientRect();
  return [(event.clientX - left) * FIELD / height, (event.clientY - top) * FIELD / height];
}

// The hand rests on the screen while a pen writes.
function isPalm({ pointerType, timeStamp }) {
  if (pointerType === "pen") lastPen = timeStamp;
  return pointerType === "touch" && timeStamp < lastPen + 2000;
}

// A tap on one of several digits chooses it, and is no stroke. Returns its place, or -1.
function findTapped(stroke, digits) {
  if (sizeOf([stroke]) >= DOT / 2 || digits.length < 2) return -1;
  const [x, y] = stroke[0];
  return digits.findIndex(({ strokes }) => {
    const { left, right, top, bottom } = boxOf(strokes);
    return x > left - PEN && x < right + PEN && y > top - PEN && y < bottom + PEN;
  });
}

field.onpointerdown = event => {
  if (isPalm(event) || event.button !== 0) return;
  if (writing && event.pointerType === "pen") undo();  // what the hand has written
  if (writing) return;
  getSelection().removeAllRanges();  // or it would be dragged
  field.setPointerCapture(event.pointerId);
  change({ example: null, strokes: [...sheet.strokes, [pointOf(event)]] });
  writing = { id: event.pointerId, before: readingsOfSheet };
};
field.onpointermove = event => {
  if (isPalm(event) || event.pointerId !== writing?.id) return;
  // All since the last frame; there are browsers, and addresses, without.
  const since = event.getCoalescedEvents?.() ?? [];
  sheet.strokes.at(-1).push(...(since.length ? since : [event]).map(pointOf));
  refresh();
};
field.onpointerup = event => {
  if (event.pointerId !== writing?.id) return;
  const tapped = findTapped(sheet.strokes.at(-1), writing.before);
  if (tapped >= 0) {
    undo();
    select(tapped);
  }
  writing = null;
  keep();
};
// The browser has taken the pointer for something else: this was no stroke.
field.onpointercancel = event => {
  if (event.pointerId === writing?.id) undo();
};
field.ondragstart = () => false;
