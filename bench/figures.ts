/** The figures that README.md shows, as Markdown: sojourn's speed beside that of the clients people know. Pure. */
import { number, type Run } from "./report.ts";
import { resultOf, speedRatios, spread, type Outcome } from "./statistics.ts";

/** What stands in README.md before and behind the figures. */
export const MARKS = ["<!-- figures of bench/results/bench.json -->", "<!-- end of the figures -->"] as const;

/** Rows: what is measured in a workload, and who takes part for fetch, got, axios and undici there. */
const plain = ["fetch", "got", "axios", "undici.request"] as const;
const rows = [
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

/** The text between the marks. */
export function figures({ at, facts, outcomes }: Run): string {
  const head = ["sojourn is … times as fast as", "fetch", "got", "axios", "undici.request"];
  const body = rows.map(([title, workload, clients]) => [
    title,
    ...clients.map((client) => ratio(outcomes, workload, client)),
  ]);
  const table = [head, head.map(() => "---"), ...body].map((cells) => `| ${cells.join(" | ")} |`);
  const versions = ["got", "axios", "undici"].map((name) => `${name} ${facts[name]}`);
  const about = [
    `Medians of ${rounds(outcomes)} rounds, with the least and the most, measured on ${at.slice(0, 10)}:`,
    `${facts["machine"]}, Node ${facts["node"]}, ${versions.join(", ")}, server and client on loopback.`,
    "Below 1 the other one is faster.",
    "In the row with cookies the others have their jars: fetch-cookie, and tough-cookie for got and axios; undici.request has none.",
  ];
  return ["", ...table, "", ...about, ""].join("\n");
}

/** `text` with the figures of this run between the marks. @throws {Error} when the marks are not there. */
export function withFigures(text: string, run: Run): string {
  const [first, last] = MARKS;
  const start = text.indexOf(first);
  const end = text.indexOf(last);
  if (start === -1 || end < start) throw new Error(`no place for the figures: ${first} … ${last}`);
  return `${text.slice(0, start + first.length)}\n${figures(run)}\n${text.slice(end)}`;
}

function ratio(outcomes: readonly Outcome[], workload: string, client: string): string {
  const outcome = outcomes.find((one) => one.workload.id === workload);
  const own = resultOf(outcome, "sojourn");
  const its = resultOf(outcome, client);
  if (own === null || its === null) return "not measured";
  const { median, least, most } = spread(speedRatios(own, its));
  return `${number(median)} (${number(least)} to ${number(most)})`;
}

function rounds(outcomes: readonly Outcome[]): number {
  return (
    resultOf(
      outcomes.find(({ workload }) => workload.id === "concurrent"),
      "sojourn",
    )?.samples.length ?? 0
  );
}
