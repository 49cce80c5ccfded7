/** The report of a session: what happened is in it, and no secret in any spelling. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";

import type { HarLog } from "../../src/record/har-types.ts";
import { Session } from "../../src/index.ts";
import { startTestServer } from "../../testing/index.ts";
import { temporaryFolder } from "../support/temporary.ts";

const folder = temporaryFolder();

const SECRETS = {
  cookie: "c00kie-7f3a-value",
  password: "pa55-word-9b1c",
  token: "t0ken-aa41-query",
  body: "b0dy-e2d9-secret",
};

/** A secret as it may stand in a file: as it is, escaped, in base64 wherever its bytes fall. */
function spellings(secret: string): readonly string[] {
  const base64 = ["", "x", "xx"].map((before) =>
    Buffer.from(before + secret)
      .toString("base64")
      .slice(4, -4),
  );
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString("hex"), ...base64];
}

it("a report has all messages of a session in it, and none of its secrets", async () => {
  await using server = await startTestServer();
  await using session = new Session({ trustEnv: false, baseUrl: server.url });
  using recorder = session.record({ bodies: "all" });
  await session.get(`/cookies/set?sid=${SECRETS.cookie}`);
  await session.get(`/basic-auth/ann/${SECRETS.password}`, { auth: ["ann", SECRETS.password] });
  await session.get(`/get?access_token=${SECRETS.token}`);
  await session.post("/post", { json: { password: SECRETS.body } });
  const file = join(folder.path, "report.html");
  await recorder.report(file);

  const html = await readFile(file, "utf8");
  const [, data = ""] = /id="log">([^<]*)</.exec(html) ?? [];
  const log = JSON.parse(data) as HarLog; // the recorder wrote it
  expect(log.entries.map(({ request }) => `${request.method} ${new URL(request.url).pathname}`)).toEqual([
    "GET /cookies/set",
    "GET /cookies",
    expect.stringMatching(/^GET \/basic-auth\/ann\//),
    "GET /get",
    "POST /post",
  ]);
  expect(
    Object.values(SECRETS)
      .flatMap(spellings)
      .filter((secret) => html.includes(secret)),
  ).toEqual([]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});
