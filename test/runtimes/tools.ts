/** Ways to write, build and start a program that uses the package: the rows of the second table of `docs/runtimes.md`. */

/** Where things lie. */
export interface Bench {
  /** This Node. */
  readonly node: string;
  /** The oldest Node that the package is for. */
  readonly oldest: string;
  /** Older ones. */
  readonly tooOld: Readonly<Record<"20" | "22.11", string>>;
  /** A tool of `package.json`, by its name. */
  readonly tool: (name: string) => string;
  /** A tool of the tree. */
  readonly ownTool: (name: string) => string;
}

/** A command, in the folder of the files. */
export interface Step {
  readonly run: readonly string[];
  /** It fails, and says so; absent where it ends well. */
  readonly says?: string;
}

/** One row. */
export interface Trial {
  /** As the page calls it. */
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** One after the other. The last one is the program: unless it fails it prints `tea`, and nothing else but warnings of the tools. */
  readonly steps: (bench: Bench) => readonly Step[];
}

const json = (value: object): string => JSON.stringify(value);

const BODY = `
async function main() {
  const server = await startTestServer();
  const session = new Session({ trustEnv: false, baseUrl: server.url });
  const response = await session.get("/get", { params: { q: "tea" } });
  console.log(response.json().args.q);
  await session.close();
  await server.close();
}
main();
`;
const ESM = `import { Session } from "sojourn";\nimport { startTestServer } from "sojourn/testing";\n${BODY}`;
const CJS = `const { Session } = require("sojourn");\nconst { startTestServer } = require("sojourn/testing");\n${BODY}`;
const TYPED = `
import { Session, type Response, type SessionOptions } from "sojourn";
import { detectCharset } from "sojourn/charset";
import type { OAuth2Error } from "sojourn/oauth2";
import { startTestServer } from "sojourn/testing";

// Declarations that are not found, or are any, would let it pass.
// @ts-expect-error: a time is a number
export const wrong: SessionOptions = { timeout: "soon" };
export type Told = OAuth2Error | Response;

async function main(): Promise<void> {
  const server = await startTestServer();
  const session = new Session({ trustEnv: false, detectEncoding: detectCharset, baseUrl: server.url });
  const response: Response = await session.get("/get", { params: { q: "tea" } });
  console.log(response.json<{ args: { q: string } }>().args.q);
  await session.close();
  await server.close();
}
void main();
`;

const MODULE = { "package.json": json({ type: "module" }) };
/** What `npm init -y` writes. */
const COMMONJS = { "package.json": json({ type: "commonjs" }) };

function typescript(compilerOptions: object): Readonly<Record<string, string>> {
  const shared = { target: "es2022", strict: true, outDir: "out", types: ["node"], skipLibCheck: true };
  return {
    "program.ts": TYPED,
    "tsconfig.json": json({ compilerOptions: { ...shared, ...compilerOptions }, files: ["program.ts"] }),
  };
}

function compiled({ tool, oldest }: Bench): readonly Step[] {
  return [{ run: [tool("tsc"), "--project", "tsconfig.json"] }, { run: [oldest, "out/program.js"] }];
}

/** What the page quotes of the package's own refusal. */
const NOT_HERE =
  "sojourn runs on Node, Deno and Bun: it needs sockets, which browsers and edge workers do not give";

function forElsewhere(command: (bench: Bench) => readonly string[]): Pick<Trial, "files" | "steps"> {
  return {
    files: { ...MODULE, "program.js": ESM, "webpack.mjs": WEBPACK },
    steps: (bench) => [{ run: command(bench) }, { run: [bench.node, "out.mjs"], says: NOT_HERE }],
  };
}

const WEBPACK = `
import webpack from "webpack";
webpack({
  mode: "production", target: "web", entry: "./program.js", devtool: false, experiments: { outputModule: true },
  output: { path: process.cwd(), filename: "out.mjs", module: true, chunkFormat: "module" },
}, (error, stats) => {
  if (error || stats.hasErrors()) {
    console.error(error ?? stats.toString("errors-only"));
    process.exitCode = 1;
  }
});`;

/** All of them. */
export const trials: readonly Trial[] = [
  {
    name: "an ES module: `import`",
    files: { ...MODULE, "program.js": ESM },
    steps: ({ oldest }) => [{ run: [oldest, "program.js"] }],
  },
  {
    name: "CommonJS, as `npm init -y` makes it: `require()`",
    files: { ...COMMONJS, "program.js": CJS },
    steps: ({ oldest }) => [{ run: [oldest, "program.js"] }],
  },
  {
    name: "CommonJS: `import` in a `.js` file",
    files: { ...COMMONJS, "program.js": ESM },
    steps: ({ oldest }) => [
      { run: [oldest, "program.js"], says: "SyntaxError: Cannot use import statement outside a module" },
    ],
  },
  {
    name: "CommonJS: `import` in a `.mjs` file",
    files: { ...COMMONJS, "program.mjs": ESM },
    steps: ({ oldest }) => [{ run: [oldest, "program.mjs"] }],
  },
  {
    name: "Node 20: `import` or `require()`",
    files: { ...COMMONJS, "program.mjs": ESM, "program.cjs": CJS },
    steps: ({ tooOld }) =>
      ["program.mjs", "program.cjs"].map((file) => ({
        run: [tooOld["20"], file],
        says: "sojourn needs Node 22.19 or newer, and this is Node 20.19.0",
      })),
  },
  {
    name: "Node 22.0 to 22.11: `require()`",
    files: { ...COMMONJS, "program.cjs": CJS },
    steps: ({ tooOld }) => [{ run: [tooOld["22.11"], "program.cjs"], says: "ERR_REQUIRE_ESM" }],
  },
  {
    name: "TypeScript, `module: nodenext`, ES modules",
    files: { ...MODULE, ...typescript({ module: "nodenext" }) },
    steps: compiled,
  },
  {
    name: "TypeScript, `module: nodenext`, CommonJS",
    files: { ...COMMONJS, ...typescript({ module: "nodenext" }) },
    steps: compiled,
  },
  {
    name: "TypeScript, `module: node16`, CommonJS",
    files: { ...COMMONJS, ...typescript({ module: "node16" }) },
    steps: ({ tool }) => [{ run: [tool("tsc"), "--project", "tsconfig.json"], says: "TS1479" }],
  },
  {
    name: "TypeScript, `moduleResolution: bundler`",
    files: { ...MODULE, ...typescript({ module: "esnext", moduleResolution: "bundler" }) },
    steps: compiled,
  },
  {
    name: "TypeScript, `moduleResolution: node10`",
    files: { ...COMMONJS, ...typescript({ module: "commonjs", moduleResolution: "node10" }) },
    steps: compiled,
  },
  {
    name: "ts-node",
    files: { ...COMMONJS, ...typescript({ module: "commonjs", moduleResolution: "node10" }) },
    steps: ({ oldest, tool }) => [{ run: [oldest, tool("ts-node"), "program.ts"] }],
  },
  {
    name: "tsx",
    files: { ...COMMONJS, "program.ts": TYPED },
    steps: ({ oldest, tool }) => [{ run: [oldest, tool("tsx"), "program.ts"] }],
  },
  {
    name: "Node's own type stripping: `node program.ts`",
    files: { ...MODULE, "program.ts": TYPED },
    steps: ({ node, oldest }) => [{ run: [node, "program.ts"] }, { run: [oldest, "program.ts"] }],
  },
  {
    name: "browsers: esbuild",
    ...forElsewhere(({ tool }) => [
      tool("esbuild"),
      "program.js",
      "--bundle",
      "--platform=browser",
      "--format=esm",
      "--outfile=out.mjs",
    ]),
  },
  {
    name: "browsers: rolldown",
    ...forElsewhere(({ ownTool }) => [
      ownTool("rolldown"),
      "program.js",
      "--platform",
      "browser",
      "--format",
      "esm",
      "--file",
      "out.mjs",
    ]),
  },
  { name: "browsers: webpack", ...forElsewhere(({ node }) => [node, "webpack.mjs"]) },
  {
    name: "edge workers: esbuild with `--conditions=workerd`",
    ...forElsewhere(({ tool }) => [
      tool("esbuild"),
      "program.js",
      "--bundle",
      "--conditions=workerd",
      "--platform=neutral",
      "--format=esm",
      "--outfile=out.mjs",
    ]),
  },
];
