// What runs in the page of `--watch`: hears the events (see history.ts) and draws what they tell.
// It is put into the page as it stands here, behind uPlot's script.
const { uPlot, EventSource } = window;
const find = (id) => document.getElementById(id);

/** The columns of the charts: the step, then these of a row. */
const names = ["criticReal", "criticFake", "generator", "wasserstein"];
/** What the page knows; a new connection is told all of it again. */
const nothing = () => ({ columns: [[], ...names.map(() => [])], lines: [], progress: undefined });
let known = nothing();
let state = "connecting";

/** Distances that two marks of the axis of steps may have: no part of a step. */
const wholeSteps = [...Array(9).keys()].flatMap((power) => [1, 2, 5].map((first) => first * 10 ** power));

const charts = [
  chart("losses", [
    { column: 1, label: "critic on real", stroke: "#1f77b4" },
    { column: 2, label: "critic on fake", stroke: "#e87722" },
    { column: 3, label: "generator", stroke: "#18754a" },
  ]),
  chart("estimate", [{ column: 4, label: "estimate", stroke: "#4b2a86" }]),
];

/** A chart that fills the element's width; gives how it is drawn anew and fitted. */
function chart(id, series) {
  const element = find(id);
  const size = () => ({
    width: element.clientWidth,
    height: Math.max(200, Math.min(300, element.clientWidth * 0.45)),
  });
  // Under the pointer, or where it is elsewhere the newest.
  const newest = (plot, number, index) => number ?? plot.data[index].at(-1);
  const value = (...from) => newest(...from)?.toPrecision(4) ?? "–";
  const options = {
    ...size(),
    scales: { x: { time: false } },
    axes: [{ label: "step", labelSize: 22, size: 36, incrs: wholeSteps }, { size: 62 }],
    series: [
      { label: "step", value: (...from) => newest(...from) ?? "–" },
      ...series.map(({ label, stroke }) => ({ label, stroke, width: 1.5, value })),
    ],
  };
  const plot = new uPlot(options, [[], ...series.map(() => [])], element);
  return {
    draw: () => plot.setData([known.columns[0], ...series.map(({ column }) => known.columns[column])]),
    fit: () => plot.setSize(size()),
  };
}

function draw() {
  for (const { draw } of charts) draw();
  const log = find("log");
  const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 8;
  log.textContent = known.lines.join("\n");
  if (atEnd) log.scrollTop = log.scrollHeight; // a reader who has scrolled up stays there
  find("state").textContent = description();
  const { step = 0, steps = 1 } = known.progress ?? {};
  find("progress").max = steps;
  find("progress").value = step;
}

let frame = 0;
/** Draws with the screen's next picture, once, however many events come before it. */
function changed() {
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(draw);
}

function description() {
  const { progress } = known;
  const parts = progress ? [`step ${progress.step} of ${progress.steps}`] : [];
  if (state === "ended") parts.push("the run has ended");
  else if (state === "lost") parts.push("no connection to the run: it was stopped, or is busy");
  else if (progress?.rate) {
    const { rate, left } = progress;
    parts.push(`${rate >= 10 ? rate.toFixed(0) : rate.toPrecision(2)} steps/s`, `${duration(left)} left`);
  } else if (!progress) parts.push("waiting for the first step");
  return parts.join(" · ");
}

function duration(seconds) {
  const two = (value) => String(value).padStart(2, "0");
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

const source = new EventSource("events");

/** What each kind of event changes. */
const on = {
  rows({ rows }) {
    for (const row of rows) {
      known.columns[0].push(row.step);
      for (const [i, name] of names.entries()) known.columns[i + 1].push(row[name]);
    }
  },
  picture({ step, png }) {
    find("step").textContent = `Samples of step ${step}`;
    find("grid").src = `data:image/png;base64,${png}`;
    find("grid").alt = `Samples of the generator after ${step} steps`;
    find("grid").hidden = false;
  },
  log({ line }) {
    known.lines.push(line);
    if (known.lines.length > 500) known.lines.shift();
  },
  progress(event) {
    known.progress = event;
  },
  end() {
    state = "ended";
    source.close();
  },
};

source.onopen = () => {
  known = nothing();
  state = "open";
  changed();
};
source.onerror = () => {
  state = "lost";
  changed();
};
source.onmessage = ({ data }) => {
  const event = JSON.parse(data);
  on[event.kind](event);
  changed();
};
window.addEventListener("resize", () => {
  for (const { fit } of charts) fit();
});
draw();
