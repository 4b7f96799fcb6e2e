// Draws the chart of the statistics panel, redraws it in place when new numbers arrive, and rests while nobody looks.
(() => {
  if (window.scanPanel) return; // the panel brings this script each time it is loaded
  window.scanPanel = true;

  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let chart = null;
  let drawn = "";

  const colour = (name) => getComputedStyle(document.getElementById("scan-panel")).getPropertyValue(name).trim();

  const bars = (label, data) => ({ label, data, borderRadius: 2, maxBarThickness: 40 });

  const scales = () => ({
    x: { stacked: true, grid: { display: false }, border: {}, ticks: { maxRotation: 0, autoSkipPadding: 12 } },
    y: { stacked: true, beginAtZero: true, suggestedMax: 4, grid: {}, border: { display: false }, ticks: { precision: 0 } },
  });

  const create = (canvas) => {
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    const titles = (items) => chart.scanTitles[items[0].dataIndex];
    chart = new Chart(canvas, {
      type: "bar",
      data: { labels: [], datasets: [bars("People", []), bars("Other", [])] },
      options: {
        responsive: true,
        maintainAspectRatio: false,
        animation: false,
        interaction: { mode: "index", intersect: false },
        scales: scales(),
        plugins: {
          legend: { position: "bottom", labels: { boxWidth: 12, boxHeight: 12 } },
          tooltip: { callbacks: { title: titles } },
        },
      },
    });
  };

  const paint = () => {
    const [people, others] = chart.data.datasets;
    people.backgroundColor = colour("--scan-human");
    others.backgroundColor = colour("--scan-others");
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
    chart.data.datasets[0].data = series.human;
    chart.data.datasets[1].data = series.others;
  };

  const draw = () => {
    const box = document.getElementById("scan-chart");
    const source = document.getElementById("scan-series")?.textContent;
    if (!box || !source || !window.Chart) return;
    const canvas = box.querySelector("canvas");
    if (chart?.canvas !== canvas) {
      chart?.destroy();
      box.hidden = false;
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

  document.addEventListener("htmx:afterSettle", draw);
  document.addEventListener("htmx:oobAfterSwap", draw);
  document.addEventListener("themechange", () => {
    if (!chart) return;
    paint();
    chart.update("none");
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.id === "scan-poller" && document.hidden) event.preventDefault();
  });
  draw();
})();
