// Draws the charts that a page describes in `data-chart`, in the page's own colours, light and dark.
const WRITERS = {
  count: (value) => Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 }).format(value),
  money: (value) => "$" + Intl.NumberFormat(undefined, { maximumSignificantDigits: 3, notation: value >= 1e6 ? "compact" : "standard" }).format(value),
  score: (value) => Intl.NumberFormat(undefined, { maximumFractionDigits: 1 }).format(value),
  rate: (value) => Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 }).format(value),
  duration: (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : ms < 60000 ? `${+(ms / 1000).toFixed(1)} s` : ms < 3600000 ? `${+(ms / 60000).toFixed(1)} min` : `${+(ms / 3600000).toFixed(1)} h`),
};
const drawn = new Map();
const shown = new ResizeObserver((entries) => entries.forEach(({ target }) => drawn.get(target)?.resize()));

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function series(chart, line) {
  const bars = chart.kind === "bars";
  return {
    name: line.name,
    type: bars ? "bar" : "line",
    stack: bars ? "all" : undefined,
    data: chart.times.map((at, index) => [at, line.values[index]]),
    color: colour(line.tone),
    barMaxWidth: 28,
    showSymbol: line.values.filter((value) => value !== null).length < 3,
    symbolSize: 6,
    lineStyle: { width: 2 },
    connectNulls: false,
    emphasis: { disabled: true },
  };
}

function bands(chart) {
  if (!chart.band) return [];
  const [low, high] = chart.band;
  const edge = (values, more) => ({ type: "line", stack: "band", silent: true, symbol: "none", lineStyle: { opacity: 0 }, tooltip: { show: false }, data: chart.times.map((at, index) => [at, values[index]]), ...more });
  const height = high.map((value, index) => (value === null ? null : value - low[index]));
  return [edge(low, {}), edge(height, { areaStyle: { color: colour("quiet"), opacity: 0.22 } })];
}

function option(chart) {
  const write = WRITERS[chart.unit];
  const lines = chart.lines.map((line) => series(chart, line));
  if (lines[0] && chart.marks.length) {
    lines[0].markArea = {
      silent: true,
      itemStyle: { color: colour("bad"), opacity: 0.13 },
      label: { color: colour("bad"), fontSize: 11 },
      data: chart.marks.map((mark) => [{ xAxis: mark.start, name: mark.label }, { xAxis: mark.end }]),
    };
  }
  const axis = { axisLine: { lineStyle: { color: colour("line") } }, axisLabel: { color: colour("muted"), hideOverlap: true }, splitLine: { lineStyle: { color: colour("line") } } };
  return {
    animation: false,
    textStyle: { fontFamily: "inherit" },
    aria: { enabled: false },
    grid: { left: 8, right: 12, top: lines.length > 1 ? 34 : 14, bottom: 4, containLabel: true },
    legend: { show: lines.length > 1, top: 0, left: 0, itemWidth: 12, itemHeight: 8, textStyle: { color: colour("muted") }, data: chart.lines.map((line) => line.name) },
    // Text drawn on the canvas: a tooltip of HTML would bring styles that the page's policy forbids.
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, backgroundColor: colour("sheet"), borderColor: colour("line"), textStyle: { color: colour("ink") }, valueFormatter: (value) => (value === null || value === undefined ? "–" : write(value)) },
    xAxis: { type: "time", ...axis, splitLine: { show: false } },
    yAxis: { type: "value", min: 0, max: chart.unit === "rate" ? 1 : undefined, ...axis, axisLabel: { ...axis.axisLabel, formatter: write } },
    series: [...bands(chart), ...lines],
  };
}

function draw(place) {
  const chart = JSON.parse(place.dataset.chart);
  const made = drawn.get(place) ?? echarts.init(place, null, { renderer: "canvas" });
  drawn.set(place, made);
  made.setOption(option(chart), true);
  shown.observe(place);
}

function drawAll() {
  for (const [place, chart] of drawn) {
    if (!place.isConnected) {
      chart.dispose();
      drawn.delete(place);
    }
  }
  document.querySelectorAll("[data-chart]").forEach(draw);
}

drawAll();
document.body.addEventListener("htmx:afterSettle", drawAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
