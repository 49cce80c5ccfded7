/**
 * The package as it is built: its files load, everything in them has its own name, and nothing in them depends on where they
 * lie. `npm run bundles` tries that with more tools.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import config from "../../rolldown.config.ts";
import * as charset from "../../src/charset.ts";
import * as formats from "../../src/formats.ts";
import * as sources from "../../src/index.ts";
import * as oauth2 from "../../src/oauth2.ts";
import * as otel from "../../src/otel.ts";
import * as terminal from "../../src/terminal.ts";
import * as testing from "../../testing/index.ts";

const execute = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));

/** Logs in with a cookie of a domain: the list of public suffixes is the one thing that is loaded late and in one turn. */
const program = (entry: string): string => `
import { createServer } from "node:http";
import { HttpAdapter, Session } from ${JSON.stringify(entry)};
const cookies = ["a=1; Domain=app.localhost", "b=2; Domain=co.uk", "c=3; Domain=www.app.localhost"];
const server = createServer((request, response) => {
  response.writeHead(200, { "set-cookie": cookies }).end(request.headers.cookie ?? "nothing");
}).listen(0, "127.0.0.1", async () => {
  const session = new Session({ trustEnv: false, baseUrl: "http://www.app.localhost:" + server.address().port });
  session.mount("http://", new HttpAdapter({ lookup: (_name, _options, tell) => tell(null, [{ address: "127.0.0.1", family: 4 }]) }));
  const texts = [(await session.get("/")).text(), (await session.get("/")).text()];
  await session.close();
  server.close();
  console.log(texts.join("; "));
});
`;

/** What a function or a class calls itself. */
function nameOf(value: unknown): unknown {
  return typeof value === "function" ? value.name : typeof value;
}

describe("the built package", { timeout: 30_000 }, () => {
  let folder = "";
  const load = async (entry: string): Promise<Record<string, unknown>> =>
    (await import(pathToFileURL(join(folder, "dist", `${entry}.js`)).href)) as Record<string, unknown>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sojourn-built-"));
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    const { output, ...input } = config;
    await using bundle = await rolldown({ ...input, cwd: root });
    await bundle.write({ ...(Array.isArray(output) ? output[0] : output), dir: join(folder, "dist") });
  }, 60_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.for([
    ["src/index", sources],
    ["src/charset", charset],
    ["src/formats", formats],
    ["src/oauth2", oauth2],
    ["src/otel", otel],
    ["src/terminal", terminal],
    ["testing/index", testing],
  ] as const)("%s exports what its source exports, under the same names", async ([entry, source]) => {
    const built = await load(entry);
    expect(Object.keys(built).sort()).toEqual(Object.keys(source).sort());
    for (const [name, value] of Object.entries(source))
      expect([name, nameOf(built[name])]).toEqual([name, nameOf(value)]);
  });

  it.for([
    ["src/index", sources],
    ["src/charset", charset],
    ["src/formats", formats],
    ["src/oauth2", oauth2],
    ["src/otel", otel],
    ["src/terminal", terminal],
    ["testing/index", testing],
  ] as const)(
    "%s has its like for browsers and edge workers, which says what is missing",
    async ([entry, source]) => {
      await expect(load(`${entry}.elsewhere`)).rejects.toThrow("it needs sockets");
      const text = await readFile(join(folder, "dist", `${entry}.elsewhere.js`), "utf8");
      const names = [...text.matchAll(/thrown as (\w+)/g)].map(([, name]) => name);
      expect(new Set(names)).toEqual(new Set(Object.keys(source)));
    },
  );

  it("sends, receives, and tells its own errors apart", async () => {
    const { Session, HTTPError } = (await load("src/index")) as typeof sources;
    const { startTestServer } = (await load("testing/index")) as typeof testing;
    await using server = await startTestServer();
    await using session = new Session({ baseUrl: server.url, trustEnv: false });
    expect((await session.get("/cookies/set/a/1")).json()).toEqual({ cookies: { a: "1" } });
    const response = await session.get("/status/404");
    expect(() => response.raiseForStatus()).toThrow(HTTPError);
    expect(String(response)).toMatch(/^<Response \[404\]/);
  });

  it("has no declaration with `using`, which Node 22 does not know", async () => {
    const files = (await readdir(join(folder, "dist"), { recursive: true })).filter((file) =>
      file.endsWith(".js"),
    );
    expect(files.length).toBeGreaterThan(4);
    for (const file of files) {
      const code = await readFile(join(folder, "dist", file), "utf8");
      expect([file, /^\s*(?:await )?using \w+ =/m.exec(code)]).toEqual([file, null]);
    }
  });

  it("asks for nothing but Node and the packages of package.json, and never by way of where it lies", async () => {
    const { dependencies, peerDependencies } = JSON.parse(
      await readFile(join(root, "package.json"), "utf8"),
    ) as Record<string, Record<string, string>>;
    const asked = new Set<string>();
    for (const file of await readdir(join(folder, "dist"), { recursive: true })) {
      if (!/\.c?js$/.test(file)) continue;
      const code = await readFile(join(folder, "dist", file), "utf8");
      expect([file, /createRequire|import\.meta|require\.resolve|__dirname/.exec(code)]).toEqual([
        file,
        null,
      ]);
      for (const [, name = ""] of code.matchAll(
        /(?:^(?:import|export) (?:[^"]* from )?|\b(?:import|require)\()"([^"]+)"/gm,
      ))
        if (!name.startsWith(".") && !isBuiltin(name)) asked.add(name);
      // A name that is not written out is found by no bundler.
      expect([file, /\b(?:import|require)\((?!")/.exec(code)]).toEqual([file, null]);
    }
    const declared = Object.keys({ ...dependencies, ...peerDependencies });
    // Types alone
    expect([...asked].toSorted()).toEqual(
      declared.filter((name) => name !== "@standard-schema/spec").toSorted(),
    );
  });

  it("loads no part of Node that is much and seldom used", async () => {
    const entry = JSON.stringify(pathToFileURL(join(folder, "dist/src/index.js")).href);
    const show = `await import(${entry}); console.log(process.moduleLoadList.join("\\n"))`;
    const { stdout } = await execute(process.execPath, ["--input-type=module", "--eval", show]);
    // An `import` of `node:http` loads Node's `fetch`, and so does the name of a class that belongs to it; of `node:util` parsers.
    expect(stdout).toContain("NativeModule net\n");
    for (const much of [
      "internal/deps/undici/undici",
      "internal/util/parse_args/parse_args",
      "crypto",
      "tls",
      "zlib",
      "http",
      "http2",
    ])
      expect(stdout).not.toContain(`NativeModule ${much}\n`);
  });

  it.for(["esm", "cjs"] as const)("works in one file, alone in a folder: %s", async (format) => {
    const away = await mkdtemp(join(tmpdir(), "sojourn-alone-"));
    try {
      const entry = join(folder, `entry-${format}.mjs`);
      await writeFile(entry, program(join(folder, "dist/src/index.js")));
      await using bundle = await rolldown({ input: entry, platform: "node", logLevel: "silent" });
      const file = join(away, format === "esm" ? "program.mjs" : "program.cjs");
      await bundle.write({ file, format, codeSplitting: false });
      expect(await readdir(away)).toHaveLength(1);
      const { stdout } = await execute(process.execPath, [file], { cwd: away });
      expect(stdout).toBe("nothing; a=1; c=3\n");
    } finally {
      await rm(away, { recursive: true, force: true });
    }
  });
});
