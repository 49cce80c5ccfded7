/**
 * `npm run sdks [-- --only REGEX]`
 *
 * SDKs that take a `fetch` are handed one of a session, and talk to servers on loopback, over HTTP/1.1 and over HTTP/2. Checks that
 * what the session does is in effect on the server's side, and that the SDK's errors are its own. Prints a line for each check
 * that is wrong, and a table. Ends with 1 when one of them is wrong.
 *
 * The SDKs have a package and a lock file of their own in this folder; they are installed when they are not there.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { startFarSide, type Api, type Protocol } from "./far-side.ts";
import { sharedChecks } from "./shared-checks.ts";
import type { Check, Subject } from "./subject.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../../", import.meta.url));
const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });
const only = new RegExp(values.only);
const PROTOCOLS: readonly Protocol[] = ["HTTP/1.1", "HTTP/2"];
const LIMIT_MS = 30_000;

if (!existsSync(`${here}node_modules/.package-lock.json`))
  execFileSync("npm", ["ci", "--prefix", here, "--no-audit", "--no-fund", "--ignore-scripts"], {
    stdio: "inherit",
  });
// That toFetch() is what the SDKs want is a matter of types, too.
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "--project", here], {
  stdio: "inherit",
});

/** An SDK, as the table shows it. */
interface Entry {
  readonly name: string;
  readonly api: Api;
  readonly checks: Readonly<Record<string, Check>>;
}

const entries: readonly Entry[] = [
  of((await import("./ky.ts")).subject),
  of((await import("./openapi-fetch.ts")).subject),
  of((await import("./ofetch.ts")).subject),
  of((await import("./openai.ts")).subject),
  of((await import("./anthropic.ts")).subject),
  of((await import("./octokit.ts")).subject),
  { name: "@modelcontextprotocol/sdk", ...(await import("./mcp.ts")) },
];

/** Of one SDK. */
interface Count {
  checks: number;
  right: number;
}

const rows: string[] = [];
const all: Count = { checks: 0, right: 0 };
for (const entry of entries) {
  const count: Count = { checks: 0, right: 0 };
  for (const protocol of PROTOCOLS) await runAll(entry, protocol, count);
  all.checks += count.checks;
  all.right += count.right;
  if (count.checks > 0)
    rows.push(`| ${entry.name} | ${versionOf(entry.name)} | ${count.checks} | ${count.right} |`);
}
console.log(["", "| SDK | version | checks | right |", "| --- | --- | --: | --: |", ...rows, ""].join("\n"));
console.log(`${all.right} passed, ${all.checks - all.right} failed`);
// What an SDK left behind keeps nobody waiting.
process.exit(all.checks === 0 || all.right < all.checks ? 1 : 0);

async function runAll({ name, api, checks }: Entry, protocol: Protocol, count: Count): Promise<void> {
  await using far = await startFarSide(api, protocol);
  for (const [what, check] of Object.entries(checks)) {
    const title = `${name}: ${what}, ${protocol}`;
    if (!only.test(title)) continue;
    far.reset();
    count.checks++;
    try {
      await within(check({ far, protocol }));
      count.right++;
    } catch (error) {
      console.log(`WRONG ${title}\n    ${String(error).split("\n").slice(0, 12).join("\n    ")}`);
    }
  }
}

function of(subject: Subject): Entry {
  return { name: subject.name, api: subject.api, checks: { ...sharedChecks(subject), ...subject.checks } };
}

async function within(check: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`not ended after ${LIMIT_MS / 1000} s`)), LIMIT_MS);
  });
  await Promise.race([check, late]).finally(() => clearTimeout(timer));
}

function versionOf(name: string): string {
  const file = readFileSync(`${here}node_modules/${name}/package.json`, "utf8");
  return (JSON.parse(file) as { version: string }).version; // npm wants it so
}
