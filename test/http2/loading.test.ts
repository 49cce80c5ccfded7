/** Node's module of HTTP/2 is large, and most programs do not need it. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

import { ok, startH2 } from "../support/h2-server.ts";

const hooks = fileURLToPath(new URL("../support/from-source.ts", import.meta.url));

/** Tells after each step whether the module is there. */
const program = `
  const isLoaded = () => process.moduleLoadList.includes("NativeModule http2");
  const told = { before: isLoaded() };
  const { Session } = await import("sojourn");
  await import("sojourn/oauth2");
  await import("sojourn/formats");
  await import("sojourn/otel");
  await import("sojourn/terminal");
  told.imported = isLoaded();
  const { url, ca } = JSON.parse(process.argv[1]);
  const versions = [];
  for (const http2 of [false, true]) {
    const session = new Session({ verify: ca, http2 });
    const response = await session.get(url);
    versions.push(response.httpVersion);
    told[http2 ? "http2" : "http1"] = isLoaded();
    await session.close();
  }
  console.log(JSON.stringify({ told, versions }));
`;

it("is loaded by the first connection that speaks HTTP/2, and not before", async () => {
  await using server = await startH2((stream) => ok(stream));
  const { url, ca } = server;
  server.server.on("request", (request, response) => {
    if (request.httpVersion === "1.1") response.end("ok");
  });
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--import",
    hooks,
    "--input-type=module",
    "--eval",
    program,
    JSON.stringify({ url, ca }),
  ]);
  expect(JSON.parse(stdout)).toEqual({
    told: { before: false, imported: false, http1: false, http2: true },
    versions: ["1.1", "2"],
  });
});
