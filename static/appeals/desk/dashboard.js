/* Draws each chart from the table beside it, with the Chart.js that django-unfold ships.
   Whoever has no script, or does not see, reads the table. */
"use strict";

// Lines differ in more than their colour.
const DASHES = [[], [7, 4], [2, 3]];
const POINTS = ["circle", "rectRot", "triangle"];
const ROW_PIXELS = 26;
// More rows, or more points of a line, are drawn closer and lighter.
const MANY = 12;
const MANY_POINTS = 40;
const MOST_LETTERS = 30;
const FRAME_PIXELS = 56;

document.addEventListener("DOMContentLoaded", () => {
  let charts = drawAll();
  // Light or dark: colours are asked for anew.
  new MutationObserver(() => {
    charts.forEach((chart) => chart.destroy());
    charts = drawAll();
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
});

function drawAll() {
  if (!window.Chart) return [];
  return [...document.querySelectorAll("canvas[data-chart-of]")].map((canvas) => {
    const table = document.getElementById(canvas.dataset.chartOf);
    return new Chart(canvas, configure(table, canvas.parentElement));
  });
}

/* The columns marked as drawn, one series each; an empty cell is a gap. */
function read(table) {
  const rows = [...table.tBodies[0].rows];
  const series = [...table.tHead.rows[0].cells]
    .map((head, column) => ({ head, column }))
    .filter(({ head }) => "drawn" in head.dataset)
    .map(({ head, column }) => ({
      label: head.textContent.trim(),
      data: rows.map((row) => {
        const { value } = row.cells[column].dataset;
        return value === undefined ? null : Number(value);
      }),
    }));
  return { labels: rows.map((row) => row.cells[0].textContent.trim()), series };
}

function configure(table, frame) {
  const { labels, series } = read(table);
  const { kind, unit } = table.dataset;
  const isAcross = kind.startsWith("across");
  const isStacked = kind.endsWith("stacked");
  frame.dataset.drawn = "";
  if (isAcross) frame.style.height = `${FRAME_PIXELS + labels.length * heightOfRow(labels.length, isStacked ? 1 : series.length)}px`;
  const dressed = series.map((one, place) => ({ ...one, ...dress(kind, place, labels.length) }));
  return {
    type: kind === "line" ? "line" : "bar",
    data: { labels, datasets: dressed },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      indexAxis: isAcross ? "y" : "x",
      interaction: { mode: "index", axis: isAcross ? "y" : "x", intersect: false },
      scales: axes(isAcross, isStacked, unit),
      plugins: {
        legend: legend(series.length > 1),
        tooltip: { callbacks: { label: (item) => ` ${item.dataset.label}: ${shown(item.raw)}${unit}` } },
      },
    },
  };
}

function heightOfRow(rows, bars) {
  return ROW_PIXELS * (bars > 1 ? 1.4 : 1) * (rows > MANY ? 0.8 : 1);
}

function dress(kind, place, points) {
  const color = token(`--desk-${kind === "across-stacked" ? "step" : "chart"}-${place + 1}`);
  if (kind !== "line") return { backgroundColor: color, borderColor: token("--desk-card"), borderWidth: 1, maxBarThickness: 18 };
  return {
    borderColor: color,
    backgroundColor: color,
    borderDash: DASHES[place % DASHES.length],
    borderWidth: 2,
    pointStyle: POINTS[place % POINTS.length],
    pointRadius: points > MANY_POINTS ? 0 : 2.5,
    tension: 0,
  };
}

function axes(isAcross, isStacked, unit) {
  const ink = token("--desk-muted");
  const names = {
    stacked: isStacked,
    grid: { display: false },
    ticks: { color: ink, maxRotation: 0, autoSkip: !isAcross, autoSkipPadding: 14, callback: shortened },
  };
  const numbers = {
    stacked: isStacked,
    beginAtZero: true,
    suggestedMax: unit === "%" ? 100 : undefined,
    grid: { color: token("--desk-line") },
    ticks: { color: ink, precision: 0, callback: (value) => `${value}${unit}` },
  };
  return isAcross ? { x: numbers, y: names } : { x: names, y: numbers };
}

function shortened(value) {
  const name = this.getLabelForValue(value);
  let width = 0;
  for (const [place, letter] of [...name].entries()) {
    // A Chinese character is as wide as two others.
    width += letter > "\u2e80" ? 2 : 1;
    if (width > MOST_LETTERS) return `${[...name].slice(0, place).join("")}…`;
  }
  return name;
}

function legend(display) {
  return {
    display,
    align: "start",
    labels: { color: token("--desk-text"), usePointStyle: true, boxHeight: 8 },
  };
}

function shown(value) {
  return value === null ? "–" : Math.round(value * 10) / 10;
}

function token(name) {
  const found = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const reference = /^var\((--[\w-]+)\)$/.exec(found);
  return reference ? token(reference[1]) : found;
}
