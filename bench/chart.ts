/** The ratios as an SVG picture: a panel for each workload, a bar for each client, thin lines from the least to the most. Pure. */
import { number } from "./report.ts";
import { resultOf, speedRatios, spreadOfRuns, type Outcome, type Result, type Spread } from "./statistics.ts";

const WIDTH = 1040;
const COLUMNS = 2;
const GAP = 32;
const PANEL = (WIDTH - GAP * (COLUMNS + 1)) / COLUMNS;
const NAME = 150;
const VALUE = 64;
const BAR = PANEL - NAME - VALUE;
const LINE = 20;
const TITLE = 30;

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600; font-size: 13px }
  .sojourn { fill: #0a7d5a } .peer { fill: #8c959f } .floor { fill: #d0d7de }
  .base { stroke: #24292f; stroke-dasharray: 3 3 } .spread { stroke: #24292f }
  .ground { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .ground { fill: #0d1117 }
    .sojourn { fill: #2fbf8f } .peer { fill: #6e7681 } .floor { fill: #3d444d }
    .base, .spread { stroke: #e6edf3 }
  }`;

interface Bar {
  readonly result: Result;
  readonly ratio: Spread;
}

/** A panel and how high it is. */
interface Panel {
  readonly title: string;
  readonly base: string;
  readonly bars: readonly Bar[];
  readonly height: number;
}

/** The picture. Workloads without their base have no ratios and no panel. */
export function chart(outcomes: readonly Outcome[]): string {
  const panels = outcomes.flatMap(panelOf);
  const { placed, height } = place(panels);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>Speed of sojourn and its peers, as ratios</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}"/>`,
    ...placed.map(({ panel, x, y }) => `<g transform="translate(${x} ${y})">${drawn(panel)}</g>`),
    "</svg>\n",
  ].join("\n");
}

function panelOf(outcome: Outcome): Panel[] {
  const { workload, runs, results } = outcome;
  const base = resultOf(outcome, workload.base);
  if (base === null) return [];
  const bars = results
    .map((result) => ({ result, ratio: spreadOfRuns(speedRatios(result, base), runs) }))
    .toSorted((one, other) => other.ratio.median - one.ratio.median);
  return [{ title: workload.title, base: workload.base, bars, height: TITLE + bars.length * LINE }];
}

/** Each panel goes to the column that is shortest so far. */
function place(panels: readonly Panel[]): {
  placed: { panel: Panel; x: number; y: number }[];
  height: number;
} {
  const heights: number[] = Array.from({ length: COLUMNS }, () => GAP);
  const placed = panels.map((panel) => {
    const y = Math.min(...heights);
    const column = heights.indexOf(y);
    heights[column] = y + panel.height + GAP;
    return { panel, x: GAP + column * (PANEL + GAP), y };
  });
  return { placed, height: Math.max(...heights) };
}

function drawn({ title, base, bars }: Panel): string {
  // A jar that is a hundred times as fast must not shrink all others to nothing.
  const most = Math.max(1, ...bars.map(({ ratio }) => ratio.median));
  const scale = (ratio: number): number => (Math.min(ratio, most) / most) * BAR;
  const one = NAME + scale(1);
  return [
    `<text class="title" y="12">${escaped(title)}</text>`,
    `<line class="base" x1="${round(one)}" x2="${round(one)}" y1="${TITLE - 6}" y2="${TITLE + bars.length * LINE}"><title>${escaped(base)} = 1</title></line>`,
    ...bars.map((bar, index) => drawnBar(bar, TITLE + index * LINE, scale)),
  ].join("");
}

function drawnBar({ result, ratio }: Bar, y: number, scale: (ratio: number) => number): string {
  const middle = y + LINE / 2;
  const left = round(NAME + scale(ratio.least));
  const right = round(NAME + scale(ratio.most));
  const end = round(Math.max(NAME + scale(ratio.median), right) + 6);
  return [
    `<text x="${NAME - 6}" y="${middle + 4}" text-anchor="end">${escaped(result.client)}</text>`,
    `<rect class="${result.kind}" x="${NAME}" y="${y + 3}" width="${round(scale(ratio.median))}" height="${LINE - 6}"/>`,
    `<line class="spread" x1="${left}" x2="${right}" y1="${middle}" y2="${middle}"/>`,
    `<text x="${end}" y="${middle + 4}">${number(ratio.median)}</text>`,
  ].join("");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
