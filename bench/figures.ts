/** The figures that README.md and docs/performance.md show, as Markdown, made from a run of the bench. Pure. */
import { number, type Run } from "./report.ts";
import { cpuRatios, resultOf, speedRatios, spreadOfRuns, type Outcome, type Result } from "./statistics.ts";

/** What stands before and behind the figures of a page. */
export const MARKS = ["<!-- figures of bench/results/bench.json -->", "<!-- end of the figures -->"] as const;

const NOT_MEASURED = "not measured";

/** Rows of README.md: what is measured in a workload, and who takes part for fetch, got, axios and undici there. */
const plain = ["fetch", "got", "axios", "undici.request"] as const;
const peers = [
  ["small GETs, 50 at a time", "concurrent", plain],
  [
    "the same, 1,000 cookies in the jar",
    "cookies-1000",
    ["fetch-cookie", "got + tough-cookie", "axios + tough-cookie", "undici.request"],
  ],
  ["small GETs, one after another", "sequential", plain],
  ["POST of JSON, 50 at a time", "post-json", plain],
  ["HTTPS, 50 at a time", "https", plain],
  ["HTTP/2, 50 at a time", "http2", plain],
  ["a body of 100 MB, streamed", "stream-100", plain],
] as const;

/** Rows of docs/performance.md: what is measured in a workload, and who else is told, beside the one that all are compared with. */
const measured = [
  ["small GETs, 50 at a time", "concurrent", ["fetch", "got", "axios", "raw socket"]],
  [
    "the same, 1,000 cookies in the jar",
    "cookies-1000",
    ["fetch-cookie", "got + tough-cookie", "axios + tough-cookie"],
  ],
  ["one after another", "sequential", ["requests (Python)", "raw socket"]],
  ["POST of JSON, 50 at a time", "post-json", []],
  ["HTTPS, 50 at a time", "https", ["raw socket"]],
  ["HTTP/2, 50 streams", "http2", ["node:http2"]],
  ["the server closes after each answer", "closing", ["node:http", "raw socket"]],
  ["the same over HTTPS", "closing-tls", ["node:http", "raw socket"]],
  ["bursts of 1,000", "bursts", ["raw socket"]],
  ["1,000 busy connections", "busy-1000", ["raw socket"]],
  ["4,000 busy connections", "busy-4000", ["raw socket"]],
  ["a redirect", "redirect", []],
  ["20 KB of JSON with gzip", "gzip", []],
  ["10 MB down, streamed", "stream-10", ["undici.stream"]],
  ["100 MB down, streamed", "stream-100", ["undici.stream"]],
  ["10 MB down, as one piece", "bytes-10", []],
  ["10 MB up, streamed", "upload-10", []],
  ["100 MB up, streamed", "upload-100", []],
  ["first request of a new session", "first", ["node:http"]],
  ["import", "import", []],
  ["import, a session and a first response", "cold", []],
  ["look-up in a jar of 1,000 cookies, beside tough-cookie", "jar-lookup-1000", []],
  ["look-up in a jar of 100,000 cookies, beside tough-cookie", "jar-lookup-100000", []],
] as const;

/** What README.md has between the marks. */
export function peerFigures(run: Run): string {
  const { outcomes, facts } = run;
  const head = ["sojourn is … times as fast as", "fetch", "got", "axios", "undici.request"];
  const body = peers.map(([title, workload, clients]) => [
    title,
    ...clients.map((client) => ratioTo(outcomes, workload, client)),
  ]);
  const versions = ["got", "axios", "undici"].map((name) => `${name} ${facts[name]}`);
  const about = [
    `${medians(run)}, with the least and the most, measured on ${run.at.slice(0, 10)}:`,
    `${facts["machine"]}, Node ${facts["node"]}, ${versions.join(", ")}, server and client on loopback.`,
    "Below 1 the other one is faster.",
    "In the row with cookies the others have their jars: fetch-cookie, and tough-cookie for got and axios; undici.request has none.",
  ];
  return ["", ...table(head, body), "", ...about, ""].join("\n");
}

/** What docs/performance.md has between the marks. A row that was not measured is left out: a machine may have no room for it. */
export function measuredFigures(run: Run): string {
  const head = ["what", "times as fast", "times its CPU", "peak MB (the other's)", "others in that run"];
  const body = measured.flatMap(([title, workload, others]) => {
    const outcome = run.outcomes.find((one) => one.workload.id === workload);
    const found = outcome === undefined ? null : cells(outcome, others);
    return found === null ? [] : [[title, ...found]];
  });
  const about = `${medians(run)}, with the least and the most, measured on ${run.at.slice(0, 10)} with Node ${run.facts["node"]}.`;
  return ["", ...table(head, body), "", about, ""].join("\n");
}

/** `text` with these figures between the marks. @throws {Error} when the marks are not there. */
export function withFigures(text: string, figures: string): string {
  const [first, last] = MARKS;
  const start = text.indexOf(first);
  const end = text.indexOf(last);
  if (start === -1 || end < start) throw new Error(`no place for the figures: ${first} … ${last}`);
  return `${text.slice(0, start + first.length)}\n${figures}\n${text.slice(end)}`;
}

function cells(outcome: Outcome, others: readonly string[]): string[] | null {
  const { workload, runs } = outcome;
  const own = resultOf(outcome, "sojourn");
  const base = resultOf(outcome, workload.base);
  if (own === null || base === null) return null;
  const told = others.flatMap((client) => {
    const result = resultOf(outcome, client);
    return result === null
      ? []
      : [`${client} ${number(spreadOfRuns(speedRatios(result, base), runs).median)}`];
  });
  return [
    ratio(own, base, runs),
    number(spreadOfRuns(cpuRatios(own, base), runs).median),
    `${megabytes(own)} (${megabytes(base)})`,
    told.join(", "),
  ];
}

function megabytes({ peakBytes }: Result): string {
  return number(peakBytes / 1_000_000);
}

function ratioTo(outcomes: readonly Outcome[], workload: string, client: string): string {
  const outcome = outcomes.find((one) => one.workload.id === workload);
  const own = resultOf(outcome, "sojourn");
  const its = resultOf(outcome, client);
  return outcome === undefined || own === null || its === null ? NOT_MEASURED : ratio(own, its, outcome.runs);
}

function ratio(own: Result, its: Result, runs: number): string {
  const { median, least, most } = spreadOfRuns(speedRatios(own, its), runs);
  return `${number(median)} (${number(least)} to ${number(most)})`;
}

function medians({ outcomes }: Run): string {
  const outcome = outcomes.find(({ workload }) => workload.id === "concurrent");
  const runs = outcome?.runs ?? 1;
  const rounds = (resultOf(outcome, "sojourn")?.samples.length ?? 0) / runs;
  const each = rounds === 1 ? "1 round" : `${rounds} rounds`;
  return runs === 1 ? `Medians of ${each}` : `Medians of the medians of ${runs} runs of ${each} each`;
}

function table(head: readonly string[], body: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => "---"), ...body].map((row) => `| ${row.join(" | ")} |`);
}
