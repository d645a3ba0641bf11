// Writing. A sheet has strokes or a test digit, moved by dx to the right and by dy down.

const FIELD = 200, PEN = 14;
const EMPTY = { strokes: [], testDigit: null, dx: 0, dy: 0 };
const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const field = byId("field");
const fieldContext = field.getContext("2d");
const inkContext = make("canvas", { width: FIELD, height: FIELD })
  .getContext("2d", { willReadFrequently: true });
const past = [];  // sheets, for undo
let sheet = EMPTY;
let isWriting = false;

function change(changes) {
  past.push(sheet);
  sheet = { ...sheet, ...changes };
  refresh();
}

const clear = () => change(EMPTY);

function undo() {
  sheet = past.pop() ?? sheet;
  refresh();
}

function move([dx, dy]) {
  change({ dx: sheet.dx + dx, dy: sheet.dy + dy });
}

function pointOf(event) {
  const { left, top, width } = field.getBoundingClientRect();
  return [(event.clientX - left) * FIELD / width, (event.clientY - top) * FIELD / width];
}

field.onpointerdown = event => {
  if (event.button !== 0 || !event.isPrimary) return;
  field.setPointerCapture(event.pointerId);
  isWriting = true;
  change({ testDigit: null, strokes: [...sheet.strokes, [pointOf(event)]] });
};
field.onpointermove = event => {
  if (!isWriting || !event.isPrimary) return;
  const since = event.getCoalescedEvents();  // all since the last frame
  sheet.strokes.at(-1).push(...(since.length ? since : [event]).map(pointOf));
  refresh();
};
field.onlostpointercapture = () => { isWriting = false; };

function drawStrokes(context) {
  const scale = context.canvas.width / FIELD;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.lineWidth = PEN;
  context.lineCap = context.lineJoin = "round";
  for (const stroke of sheet.strokes) {
    context.beginPath();
    context.moveTo(stroke[0][0] + 0.01, stroke[0][1]);  // a line of no length is not drawn
    for (const point of stroke) context.lineTo(...point);
    context.stroke();
  }
}

// Returns a picture of the strokes.
function readInk() {
  inkContext.clearRect(0, 0, FIELD, FIELD);
  drawStrokes(inkContext);
  const { data } = inkContext.getImageData(0, 0, FIELD, FIELD);
  const values = data.filter((_, i) => i % 4 === 3);  // the opacity of every pixel
  return { width: FIELD, height: FIELD, values };
}
