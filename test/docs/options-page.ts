/**
 * `npm run options`
 *
 * Writes `docs/options.md`: every option with where it may stand, its default and what it says, made of the doc comments in
 * `core/options.ts` and `transport/adapter-options.ts` and of the rows in `options/table.ts`. A test holds the page to them.
 */
import { readFileSync, writeFileSync } from "node:fs";

import { rows, type OptionName, type Place } from "../../src/options/table.ts";
import { documentedMembers, type Documented } from "./doc-comments.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

/** The page. */
export const optionsPage: URL = new URL("docs/options.md", root);

/** Interfaces whose members are options, and the places that each of them speaks of. */
const interfaces: Readonly<Record<string, readonly Place[]>> = {
  SharedOptions: ["session", "scope", "request", "send"],
  SessionOptions: ["session"],
  ScopeOptions: ["scope"],
  RequestOptions: ["request", "send"],
};

/** Types whose members are parts of an option. */
const parts: Readonly<Record<string, OptionName>> = {
  TimeoutInit: "timeout",
  TlsInit: "tls",
  TrustEnv: "trustEnv",
};

/** Where the guide says more. */
const more: Readonly<Record<OptionName, string>> = {
  addressPolicy: "11-safety.md#urls-that-come-from-others",
  allowRedirects: "2-sessions.md#redirects",
  auth: "4-auth.md",
  baseUrl: "2-sessions.md#base-url",
  cert: "7-proxies-and-tls.md#tls",
  cookies: "3-cookies.md",
  crossOriginHeaders: "11-safety.md#other-origins",
  data: "5-bodies.md",
  detectEncoding: "6-streaming.md#text",
  expectContinue: "5-bodies.md#asking-first",
  files: "5-bodies.md",
  headers: "2-sessions.md#how-a-requests-options-meet-the-sessions",
  hooks: "9-hooks-and-adapters.md",
  hsts: "11-safety.md#https-only",
  http2: "7-proxies-and-tls.md#http2",
  idempotencyKey: "8-retries-and-timeouts.md#the-retries-that-need-no-policy",
  json: "5-bodies.md",
  maxBodyBytes: "11-safety.md#limits",
  maxCodings: "11-safety.md#limits",
  maxDrainBytes: "11-safety.md#limits",
  maxRedirects: "2-sessions.md#redirects",
  maxSetCookies: "11-safety.md#limits",
  onProgress: "5-bodies.md#progress",
  params: "2-sessions.md#how-a-requests-options-meet-the-sessions",
  proxies: "7-proxies-and-tls.md",
  proxy: "7-proxies-and-tls.md",
  proxyAuth: "4-auth.md#proxies",
  proxyHeaders: "7-proxies-and-tls.md#what-the-proxy-is-told-and-what-it-says",
  rawUrl: "2-sessions.md#urls-as-they-were-typed",
  retry: "8-retries-and-timeouts.md#retries",
  signal: "8-retries-and-timeouts.md#aborts",
  stream: "6-streaming.md#streaming",
  timeout: "8-retries-and-timeouts.md#timeouts",
  tls: "7-proxies-and-tls.md#tls-what-more-there-is-to-say",
  trustEnv: "2-sessions.md#environment",
  trustedOrigins: "11-safety.md#other-origins",
  verify: "7-proxies-and-tls.md#tls",
};

/** An option as one interface has it. */
export interface Listed extends Documented {
  readonly name: OptionName;
  /** Where it may stand: what the table allows of the places that the interface speaks of. */
  readonly places: readonly Place[];
}

/** All options, by name; one that says something else in another place is there twice. */
export function listedOptions(): readonly Listed[] {
  const source = read("src/core/options.ts");
  return Object.entries(interfaces)
    .flatMap(([name, places]) =>
      documentedMembers(source, name).map((member): Listed => {
        const option = member.name as OptionName; // a test compares the names with those of the table
        const { at } = rows[option];
        return { ...member, name: option, places: places.filter((place) => at[place] !== false) };
      }),
    )
    .toSorted((one, other) => one.name.localeCompare(other.name));
}

/** The whole page. */
export function pageOfOptions(): string {
  const source = read("src/core/options.ts");
  const ofParts = Object.entries(parts).flatMap(([type, option]) =>
    documentedMembers(source, type).map((member) => ({ ...member, name: `${option}.${member.name}` })),
  );
  const adapter = documentedMembers(read("src/transport/adapter-options.ts"), "HttpAdapterOptions");
  return `<!-- Made by \`npm run options\` from doc comments in src/ and the table in src/options/table.ts: change those, not this page. -->
# All options

Times are milliseconds, sizes are bytes. \`undefined\`, or no name at all, means "not given": what is more general holds, at last the
default. \`null\` means "off" or "remove".

There are four places for an option: \`new Session(options)\`, \`session.scope(url, options)\`, a request, such as
\`session.get(url, options)\` or the functional \`get(url, options)\`, and \`session.send(prepared, options)\`, whose request has taken up the
others already. In a place that its row does not name an option is a \`TypeError\`, before anything is sent. Where an option means something
else in another place, it has a row of its own. The text that an editor shows says more, also which errors there are.

${table(
  ["option", "may stand in", "default", "what it says"],
  listedOptions().map(({ name, places, initial, says }) => [
    `[\`${name}\`](${more[name]})`,
    places.join(", "),
    initial,
    says,
  ]),
)}

## Parts of options

${table(["part", "default", "what it says"], rowsOf(ofParts))}

## Options of \`HttpAdapter\`

They belong to connections, so they are said once for each adapter: \`session.mount("https://", new HttpAdapter(options))\`, see
[Hooks and adapters](9-hooks-and-adapters.md).

${table(["option", "default", "what it says"], rowsOf(adapter))}
`;
}

function rowsOf(members: readonly Documented[]): readonly (readonly string[])[] {
  return members.map(({ name, initial, says }) => [`\`${name}\``, initial, says]);
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const rule = head.map(() => "---");
  const cell = (text: string): string => text.replaceAll("|", "\\|");
  return [head, rule, ...lines].map((line) => `| ${line.map(cell).join(" | ")} |`).join("\n");
}

if (import.meta.main) writeFileSync(optionsPage, pageOfOptions());
