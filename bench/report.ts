/** The results as Markdown. Pure. */
import { findings, type Finding } from "./headlines.ts";
import type { Facts } from "./machine.ts";
import {
  cpuPerOperation,
  cpuRatios,
  figure,
  median,
  speedRatios,
  spreadOfRuns,
  type Outcome,
  type Result,
  type Spread,
} from "./statistics.ts";
import type { Workload } from "./workloads.ts";

/** A whole run. */
export interface Run {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly command: string;
  readonly facts: Facts;
  readonly outcomes: readonly Outcome[];
}

/** Everything. @param chart file name of the picture. */
export function report(run: Run, chart: string): string {
  return [
    "# Measured",
    `Written by \`${run.command}\` on ${run.at}. [How it is measured and how to read it](../README.md).`,
    table(["", ""], Object.entries(run.facts)),
    headlineSection(findings(run.outcomes)),
    `![ratios of speed](${chart})`,
    ...run.outcomes.map(section),
    "",
  ].join("\n\n");
}

const MEASURES: Readonly<Record<Finding["measure"], string>> = {
  speed: "times as fast",
  cpu: "times the CPU time",
  memory: "times the memory",
  time: "times the time",
  growth: "times the time",
};

function headlineSection(found: readonly Finding[]): string {
  if (found.length === 0) return "";
  const rows = found.map(({ title, against, measure, ratio, cpu, goal, isReached }) => [
    title,
    against,
    `${ratio.least === ratio.most ? number(ratio.median) : withSpread(ratio)} ${MEASURES[measure]}`,
    goal === null ? "" : `${measure === "speed" ? "≥" : "≤"} ${goal}`,
    isReached === null ? "" : isReached ? "yes" : "**no**",
    cpu === null ? "" : number(cpu),
  ]);
  return `## sojourn, compared\n\n${table(["what", "with", "sojourn", "goal", "reached", "× its CPU"], rows)}`;
}

function section(outcome: Outcome): string {
  const { workload, results, failures } = outcome;
  const base = results.find(({ client }) => client === workload.base) ?? null;
  const sorted = results.toSorted((one, other) => speedOf(other) - speedOf(one));
  const memory = workload.action === "import" ? "adds MB" : "peak MB";
  const head = ["client", unitTitle(workload), `× ${workload.base}`, "CPU µs", "× its CPU", memory];
  const rows = sorted.map((result) => row(result, base, outcome));
  const left = failures.map(({ client, reason }) => `Left out: ${client} (${reason}).`);
  return [`## ${workload.title}`, `\`${workload.id}\``, table(head, rows), ...left].join("\n\n");
}

function row(result: Result, base: Result | null, { workload, runs }: Outcome): string[] {
  const { client, kind, samples, peakBytes } = result;
  const shown = spreadOfRuns(
    samples.map((sample) => figure(sample, workload)),
    runs,
  );
  const cpu = spreadOfRuns(samples.map(cpuPerOperation), runs).median;
  return [
    kind === "sojourn" ? `**${client}**` : kind === "floor" ? `*${client}* (floor)` : client,
    withSpread(shown),
    base === null ? "" : withSpread(spreadOfRuns(speedRatios(result, base), runs)),
    number(cpu),
    base === null ? "" : number(spreadOfRuns(cpuRatios(result, base), runs).median),
    number(peakBytes / 1_000_000),
  ];
}

/** Operations a millisecond, whatever the unit of the workload. */
export function speedOf({ samples }: Result): number {
  return median(samples.map(({ operations, wallMs }) => operations / wallMs));
}

function unitTitle({ unit }: Workload): string {
  return unit === "per second" || unit === "MB/s" ? unit : `${unit} each`;
}

function withSpread({ median: middle, least, most }: Spread): string {
  return `${number(middle)} [${number(least)} to ${number(most)}]`;
}

/** Three digits that matter; whole numbers from 100 on. */
export function number(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en");
  if (value >= 10) return value.toFixed(1);
  return value >= 0.1 || value === 0 ? value.toFixed(2) : value.toPrecision(2);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const align = head.map((_, column) => (column === 0 || head[0] !== "client" ? "---" : "--:"));
  return [head, align, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
