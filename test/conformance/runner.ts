/**
 * The runner of the conformance kit: one JSON line in, the steps of one scenario on a session, one JSON line out.
 *
 * It maps neutral steps on sojourn's public API, as a user would write them. It never looks at a scenario's id, and has
 * no logic that the library should have. The harness starts it once for each scenario; `npm run conformance` starts the
 * harness.
 */
import { text } from "node:stream/consumers";

import { defaultHeaders } from "../../src/index.ts";
import type { Job, Result } from "./job.ts";
import { Player } from "./steps.ts";

const job = JSON.parse(await text(process.stdin)) as Job; // The harness wrote it.
const player = new Player(job);
const results: Result[] = [];
for (const step of job.scenario.steps) results.push(await player.play(step));

const defaults = defaultHeaders();
const output = {
  runner: { name: "sojourn", node: process.version },
  agent: { userAgent: defaults.get("user-agent"), acceptEncoding: defaults.get("accept-encoding") },
  results,
};
// In ASCII: the harness takes U+0085, U+2028 and others for the end of a line.
const line = JSON.stringify(output).replaceAll(
  /[\u0080-\uffff]/g,
  (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
);
// Idle connections would keep the process alive.
process.stdout.write(`${line}\n`, () => process.exit(0));
