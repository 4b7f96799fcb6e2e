// Draws a chart of scans over time, redraws it in place when new numbers arrive, and rests while nobody looks.
// A box with data-series names the block of numbers: {labels, titles, sets: [{label, data, colour, isBefore}]}.
(() => {
  if (window.seriesChart) return; // the panel brings this script each time it is loaded
  window.seriesChart = true;

  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let chart = null;
  let drawn = "";

  const box = () => document.querySelector("[data-series]");
  const colour = (name) => getComputedStyle(box()).getPropertyValue(name).trim();

  const bars = ({ label, data, colour: name }) => ({
    label, data, name, pointStyle: "rectRounded", type: "bar", stack: "now", borderRadius: 2, maxBarThickness: 40, order: 2,
  });
  const line = ({ label, data, colour: name }) => ({
    label, data, name, pointStyle: "line", type: "line", stack: "before", borderWidth: 1.5, borderDash: [4, 4], pointRadius: 0, pointHitRadius: 0, order: 1,
  });

  const scales = () => ({
    x: { stacked: true, grid: { display: false }, border: {}, ticks: { maxRotation: 0, autoSkipPadding: 12 } },
    y: { stacked: true, beginAtZero: true, suggestedMax: 4, grid: {}, border: { display: false }, ticks: { precision: 0 } },
  });

  const create = (canvas) => {
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    const titles = (items) => chart.scanTitles[items[0].dataIndex];
    chart = new Chart(canvas, {
      type: "bar",
      data: { labels: [], datasets: [] },
      options: {
        responsive: true,
        maintainAspectRatio: false,
        animation: false,
        interaction: { mode: "index", intersect: false },
        scales: scales(),
        plugins: {
          legend: { position: "bottom", labels: { boxWidth: 12, boxHeight: 12, usePointStyle: true, sort: (one, other) => one.datasetIndex - other.datasetIndex } },
          tooltip: { callbacks: { title: titles } },
        },
      },
    });
  };

  const paint = () => {
    for (const set of chart.data.datasets) set.backgroundColor = set.borderColor = colour(set.name);
    const quiet = colour("--qr-quiet");
    chart.options.plugins.legend.labels.color = quiet;
    for (const axis of Object.values(chart.options.scales)) {
      axis.ticks.color = quiet;
      axis.grid.color = axis.border.color = colour("--qr-line");
    }
  };

  const fill = (series) => {
    chart.data.labels = series.labels;
    chart.scanTitles = series.titles;
    const fresh = series.sets.map((set) => (set.isBefore ? line(set) : bars(set)));
    const shown = chart.data.datasets;
    // The same sets keep their places, so that bars grow instead of being drawn anew.
    if (shown.map((set) => set.label).join() !== fresh.map((set) => set.label).join()) chart.data.datasets = fresh;
    else fresh.forEach((set, place) => (shown[place].data = set.data));
  };

  const draw = () => {
    const place = box();
    const source = place && document.querySelector(place.dataset.series)?.textContent;
    if (!place || !source || !window.Chart) return;
    const canvas = place.querySelector("canvas");
    if (chart?.canvas !== canvas) {
      chart?.destroy();
      place.hidden = false;
      create(canvas);
      drawn = "";
    }
    if (source === drawn) return;
    fill(JSON.parse(source));
    paint();
    chart.options.animation = drawn && !still.matches ? { duration: 250 } : false;
    chart.update();
    drawn = source;
  };

  for (const name of ["htmx:afterSettle", "htmx:oobAfterSwap", "htmx:historyRestore"]) document.addEventListener(name, draw);
  document.addEventListener("themechange", () => {
    if (!chart || !box()) return;
    paint();
    chart.update("none");
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches("[data-poller]") && document.hidden) event.preventDefault();
  });
  draw();
})();
