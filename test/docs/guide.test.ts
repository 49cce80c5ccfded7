/**
 * The programs in docs/how-do-i.md and docs/testing.md that need other packages are those that `npm run guide` runs; and what there is
 * said to be no support for, there is none for.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as charset from "../../src/charset.ts";
import * as formats from "../../src/formats.ts";
import * as sojourn from "../../src/index.ts";
import * as oauth2 from "../../src/oauth2.ts";
import * as otel from "../../src/otel.ts";
import * as terminal from "../../src/terminal.ts";
import * as testing from "../../testing/index.ts";
import { readPages, root } from "./pages.ts";

const FOLDER = "test/guide/programs/";
const pages = await readPages();
const shown = pages.flatMap(({ text }) =>
  [...text.matchAll(/^```(?:ts|js) (test\/guide\/\S+)\n(.*?)^```$/gms)].map(
    ([, path = "", code = ""]) => [path, code] as const,
  ),
);

describe("programs that need other packages", () => {
  it.for(shown)("stand in the page as they are run: %s", async ([path, code]) => {
    expect(code).toBe(await readFile(join(root, path), "utf8"));
  });

  it("are all in a page", async () => {
    const files = await readdir(join(root, FOLDER), { recursive: true, withFileTypes: true });
    const paths = files
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
    expect(paths.toSorted()).toEqual(shown.map(([path]) => path).toSorted());
  });

  it("are all run", async () => {
    const [main, rows] = await Promise.all(
      ["main.ts", "rows.ts"].map((name) => readFile(join(root, "test/guide", name), "utf8")),
    );
    const names = shown.map(([path]) => path.slice(FOLDER.length).split("/")[0] ?? "");
    expect(names.filter((name) => !main?.includes(`"programs/${name}"`))).toEqual([]);
    const words = names.map((name) => name.replace(/\.spec\.ts$/, ""));
    expect(words.filter((word) => !rows?.includes(word))).toEqual([]);
  });
});

describe("what there is no support for", () => {
  const names = Object.keys({
    ...sojourn,
    ...oauth2,
    ...charset,
    ...formats,
    ...otel,
    ...terminal,
    ...testing,
  });

  it.for([
    /websocket|^ws/i,
    /cache/i,
    /har$|harfile/i,
    /record|replay|cassette/i,
    /limit/i,
    /sse|eventsource|ndjson|pages/i,
    /store$|redis/i,
    /pac$/i,
    /kerberos|ntlm|sigv4|aws/i,
  ])("is not exported: %s", (pattern) => {
    // HAR files are read, not written; sessions are stored on one machine.
    const known = new Set(["FileSessionStore", "HstsStore", "MemorySessionStore", "parseHar"]);
    expect(names.filter((name) => pattern.test(name) && !known.has(name))).toEqual([]);
  });

  it.for(["cache", "har", "http3", "limits", "rateLimit", "record", "pac"])("is no option: %s", (name) => {
    expect(() => new sojourn.Session({ [name]: true })).toThrow(TypeError);
  });

  it.for(["ws://127.0.0.1:9/", "wss://127.0.0.1:9/"])("is not spoken: %s", async (url) => {
    const session = new sojourn.Session({ trustEnv: false });
    await expect(session.get(url)).rejects.toBeInstanceOf(sojourn.InvalidSchema);
    await session.close();
  });
});
