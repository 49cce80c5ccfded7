/** Downloads through redirects: parts of two resources are never joined, whatever their tags say. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Session } from "../../src/index.ts";
import { startOrigin, type TestOrigin } from "../support/origins.ts";

const SIZE = 1000;
const TAG = { ETag: '"1"' };

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sojourn-download-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** `/latest` leads to the next of these paths each time; the first whole answer breaks off in its middle. */
async function startLatest(...paths: readonly string[]): Promise<TestOrigin> {
  let asked = 0;
  let isFirst = true;
  return await startOrigin(({ url, headers }, response) => {
    if (url === "/latest") {
      response.writeHead(302, { Location: paths[Math.min(asked++, paths.length - 1)] ?? "" }).end();
      return;
    }
    const body = url.charAt(2).repeat(SIZE);
    const [, from] = /bytes=(\d+)-/.exec(headers.range ?? "") ?? [];
    if (from !== undefined) {
      const range = `bytes ${from}-${SIZE - 1}/${SIZE}`;
      response.writeHead(206, { ...TAG, "Content-Range": range }).end(body.slice(Number(from)));
      return;
    }
    response.writeHead(200, { ...TAG, "Content-Length": SIZE });
    if (!isFirst) response.end(body);
    else response.write(body.slice(0, SIZE / 2), () => setImmediate(() => response.destroy()));
    isFirst = false;
  });
}

describe("a download through redirects", () => {
  it("begins anew when the URL leads elsewhere than the last time", async () => {
    await using origin = await startLatest("/vA", "/vB");
    await using session = new Session();
    const path = join(folder, "latest");
    await session.download(`${origin.url}/latest`, path);
    expect(readFileSync(path, "utf8")).toBe("B".repeat(SIZE));
  });

  it("goes on where it leads to the same place", async () => {
    await using origin = await startLatest("/vA");
    await using session = new Session();
    const path = join(folder, "latest");
    await session.download(`${origin.url}/latest`, path);
    expect(readFileSync(path, "utf8")).toBe("A".repeat(SIZE));
    expect(origin.arrived.filter(({ url }) => url === "/vA").map(({ headers }) => headers.range)).toEqual([
      undefined,
      `bytes=${SIZE / 2}-`,
    ]);
  });

  it.each([
    [["/vA", "/vB"], "B"],
    [["/vA", "/vA"], "A"],
    [["/vA?sig=1", "/vA?sig=2"], "A"],
  ])("goes by that in a later call too: %j", async (paths, letter) => {
    await using origin = await startLatest(...paths);
    await using session = new Session();
    const path = join(folder, "latest");
    const options = { tries: 1, resume: true };
    await expect(session.download(`${origin.url}/latest`, path, options)).rejects.toMatchObject({
      name: "ChunkedEncodingError",
    });
    await session.download(`${origin.url}/latest`, path, options);
    expect(readFileSync(path, "utf8")).toBe(letter.repeat(SIZE));
  });
});
