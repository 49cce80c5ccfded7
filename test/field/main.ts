/**
 * `npm run field [-- --only REGEX] [--jobs N] [--kit DIR]`, after `npm run build`
 *
 * Runs the field kit: faults that users of HTTP libraries meet, each a small program that uses the built package. Cases that
 * are known to be open are on a list, `open.json`, with what they are about. Ends with 1 when a case fails that is not on the
 * list, and when one passes that is.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { failuresIn, judge } from "./judge.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    jobs: { type: "string", default: "2" },
    kit: { type: "string", default: join(root, "../shared/field") },
  },
});
const kit = resolve(values.kit);
if (!existsSync(join(kit, "run.mjs"))) throw new Error(`there is no field kit in ${kit}`);
if (!existsSync(join(root, "dist"))) throw new Error("there is no dist/: npm run build makes it");

const all = readdirSync(kit)
  .filter((file) => file.endsWith(".mjs") && !/^(?:\w*kit|run)\.mjs$/.test(file))
  .map((file) => file.slice(0, -".mjs".length));
const only = new RegExp(values.only);
const open = JSON.parse(readFileSync(new URL("open.json", import.meta.url), "utf8")) as Record<
  string,
  string
>; // our own file

const output = await runKit();
const ran = all.filter((name) => only.test(name));
const {
  wrong,
  done,
  unknown,
  open: known,
} = judge(Object.keys(open), {
  all,
  ran,
  failed: failuresIn(output, all),
});

// A run that broke off says nothing of the cases that it did not reach.
const isWhole = output.includes(`${ran.length - wrong.length - known.length} passed, `);
if (!isWhole) console.log("the run did not end as it should");
for (const name of known) console.log(`open: ${name} (${open[name] ?? ""})`);
for (const name of done) console.log(`${name} now passes: take it off the list in test/field/open.json`);
for (const name of unknown)
  console.log(`${name} is on the list in test/field/open.json, and there is no such case`);
for (const name of wrong) console.log(`WRONG: ${name}`);
console.log(
  `${ran.length - wrong.length - known.length} right, ${known.length} open, ${wrong.length} wrong, ${done.length} to take off the list`,
);
process.exitCode = isWhole && wrong.length + done.length + unknown.length === 0 ? 0 : 1;

/** What the kit's runner prints; shown as it comes. */
async function runKit(): Promise<string> {
  const args = [join(kit, "run.mjs"), "--slow", "--only", values.only, "--jobs", values.jobs];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, SOJOURN: root },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
    process.stdout.write(piece);
  });
  await once(child, "close");
  return text;
}
