/**
 * `npm run tracing`, after `npm run build`
 *
 * Does each request get into the trace that it belongs to, and are its spans those of `fetch`? With OpenTelemetry and Sentry as programs use
 * them, over HTTP/1.1 and HTTP/2, and with `sojourn/otel` beside the instrumentation of undici, on this Node and on the oldest one that `package.json` allows: async context is made in two ways there.
 * Ends with 1 when anything is wrong.
 *
 * Both have a package and a lock file of their own in this folder; they are installed when they are not there.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { Authority } from "../support/certificates.ts";
import { installOldestNode, root } from "../support/packed.ts";

const here = fileURLToPath(new URL(".", import.meta.url));

if (!existsSync(join(root, "dist"))) throw new Error("there is no dist/: npm run build makes it");
if (!existsSync(join(here, "node_modules/.package-lock.json")))
  execFileSync("npm", ["ci", "--prefix", here, "--no-audit", "--no-fund", "--ignore-scripts"], {
    stdio: "inherit",
  });
execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "--project", here], {
  stdio: "inherit",
});
const folder = mkdtempSync(join(tmpdir(), "sojourn-tracing-"));
try {
  const authority = await Authority.create();
  const own = await authority.issue({ addresses: ["127.0.0.1"] });
  const foreign = await (await Authority.create("Another CA")).issue({ addresses: ["127.0.0.1"] });
  const caFile = join(folder, "ca.pem");
  writeFileSync(caFile, authority.pem);
  const env = {
    ...process.env,
    NODE_EXTRA_CA_CERTS: caFile,
    TRACING_CA: authority.pem,
    TRACING_CERT: own.cert,
    TRACING_KEY: own.key,
    TRACING_FOREIGN_CERT: foreign.cert,
    TRACING_FOREIGN_KEY: foreign.key,
  };
  const nodes = [process.execPath, installOldestNode(folder)];
  const runs = nodes.flatMap((node) =>
    [["app.ts"], ["app.ts", "own"], ["spans.ts"], ["doubles.ts"], ["sentry.ts"]].map(
      ([name = "", ...more]) => [node, join(here, name), ...more],
    ),
  );
  const wrong = runs.filter(
    ([node = "", ...given]) => spawnSync(node, given, { stdio: "inherit", env }).status !== 0,
  );
  if (wrong.length > 0) throw new Error(`wrong: ${wrong.map((run) => run.join(" ")).join(", ")}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
