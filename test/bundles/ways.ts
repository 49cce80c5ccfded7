/** The ways in which a program gets at the package: what is written into the project, what is run to build, what is run then. */

/** Where things lie. */
export interface Place {
  /** A project in which the package is installed, with the tools. */
  readonly project: string;
  /** Of a tool of the project. */
  readonly tool: (name: string) => string;
  /** Of a tool of this tree. */
  readonly ownTool: (name: string) => string;
}

/** One way. */
export interface Way {
  readonly name: string;
  /** Makes one file of it: the command, given the entry and the file. */
  readonly bundle?: (entry: string, file: string, place: Place) => readonly string[];
  /** Of the file that is run, or bundled. */
  readonly entry: "entry.mjs" | "entry.cjs";
  /** Runs in the project in place of Node: a test runner. */
  readonly run?: (place: Place) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** On the oldest Node as well? */
  readonly isForOldest?: boolean;
}

type Format = "esm" | "cjs";
const FORMATS: readonly Format[] = ["esm", "cjs"];

const ENTRIES = [
  "sojourn",
  "sojourn/charset",
  "sojourn/formats",
  "sojourn/oauth2",
  "sojourn/otel",
  "sojourn/terminal",
  "sojourn/testing",
] as const;
const NAMES = ENTRIES.map((entry) => entry.replace("sojourn/", "")).join(", ");

const RUN_ALL = `
const far = JSON.parse(process.env.FAR_SIDE);
(async () => {
  for (const [name, check] of Object.entries(checks)) await check({ ${NAMES} }, far);
  console.log(Object.keys(checks).length + " right");
})();
`;
const TESTS = `
const far = JSON.parse(process.env.FAR_SIDE);
describe("sojourn", () => {
  for (const [name, check] of Object.entries(checks)) it(name, () => check({ ${NAMES} }, far));
});
`;

const imports = (load: (name: string, from: string) => string): string =>
  ENTRIES.map((entry) => load(entry.replace("sojourn/", ""), entry)).join("\n");
const IMPORTS = `${imports((name, from) => `import * as ${name} from "${from}";`)}
import { checks } from "./checks.mjs";`;
const REQUIRES = `${imports((name, from) => `const ${name} = require("${from}");`)}
const { checks } = require("./checks.mjs");`;

/** What Jest must be told in CommonJS: these packages are ES modules only. */
const ES_MODULES = "/node_modules/(?!(sojourn|content-disposition|oauth4webapi)/)";
const jest = (more: object): string =>
  `export default ${JSON.stringify({ testEnvironment: "node", testTimeout: 30_000, ...more })};`;
const commonJest = (transform: object, testMatch: readonly string[]): string =>
  jest({ transform, transformIgnorePatterns: [ES_MODULES], testMatch });

/** Files of the project, beside the package and `checks.mjs`. */
export const files: Readonly<Record<string, string>> = {
  "entry.mjs": `${IMPORTS}\n${RUN_ALL}`,
  "entry.cjs": `${REQUIRES}\n${RUN_ALL}`,
  "esm.test.mjs": `${IMPORTS}\n${TESTS}`,
  "babel.test.js": `${IMPORTS}\n${TESTS}`,
  "ts.test.ts": `${IMPORTS.replace("checks.mjs", "checks.js")}\ndeclare const process: any, describe: any, it: any;\n${TESTS}`,
  // The usual preset, and its usual target
  "babel.config.json": JSON.stringify({ presets: [["@babel/preset-env", { targets: { node: "current" } }]] }),
  "tsconfig.json": JSON.stringify({
    compilerOptions: {
      module: "commonjs",
      target: "es2022",
      esModuleInterop: true,
      isolatedModules: true,
      allowJs: true,
      types: [],
    },
  }),
  "jest-babel.config.mjs": commonJest({ "\\.m?[jt]sx?$": "babel-jest" }, ["**/babel.test.js"]),
  "jest-ts.config.mjs": commonJest({ "\\.m?[jt]sx?$": ["ts-jest", { diagnostics: false }] }, [
    "**/ts.test.ts",
  ]),
  "jest-esm.config.mjs": jest({ transform: {}, testMatch: ["**/esm.test.mjs"] }),
  "vitest.config.mjs": `export default { test: { globals: true, include: ["esm.test.mjs"], testTimeout: 30_000 } };`,
  "vitest-inline.config.mjs": `export default { test: { globals: true, include: ["esm.test.mjs"], testTimeout: 30_000,
    server: { deps: { inline: [/./] } } } };`,
  // webpack has no command of its own without another package.
  "webpack.mjs": `
import { basename, dirname } from "node:path";
import webpack from "webpack";
const [, , entry, file, format] = process.argv;
const isModule = format === "esm";
webpack({
  mode: "production", target: "node22", entry, devtool: false,
  experiments: { outputModule: isModule },
  output: { path: dirname(file), filename: basename(file), ...(isModule ? { module: true, chunkFormat: "module" } : {}) },
  plugins: [new webpack.optimize.LimitChunkCountPlugin({ maxChunks: 1 })],
}, (error, stats) => {
  if (error || stats.hasErrors()) {
    console.error(error ?? stats.toString("errors-only"));
    process.exitCode = 1;
  }
});`,
};

const words = (text: string): string[] => text.split(" ");

const bundlers: Readonly<
  Record<string, (format: Format) => (entry: string, file: string, place: Place) => readonly string[]>
> = {
  esbuild: (format) => (entry, file, place) => [
    place.tool("esbuild"),
    entry,
    `--format=${format}`,
    `--outfile=${file}`,
    ...words("--bundle --platform=node --target=node22 --log-level=warning"),
  ],
  "esbuild, minified": (format) => (entry, file, place) => [
    ...(bundlers["esbuild"]?.(format)(entry, file, place) ?? []),
    "--minify",
  ],
  rolldown: (format) => (entry, file, place) => [
    place.ownTool("rolldown"),
    entry,
    ...words(`--format ${format} --platform node --no-code-splitting --log-level warn --file`),
    file,
  ],
  "rolldown, minified": (format) => (entry, file, place) => [
    ...(bundlers["rolldown"]?.(format)(entry, file, place) ?? []),
    "--minify",
  ],
  rollup: (format) => (entry, file, place) => [
    place.tool("rollup"),
    entry,
    ...words(`--format ${format} --silent --inlineDynamicImports --failAfterWarnings --file`),
    file,
    ...words("--plugin node-resolve={preferBuiltins:true} --plugin commonjs"),
  ],
  webpack: (format) => (entry, file, place) => [
    process.execPath,
    `${place.project}/webpack.mjs`,
    entry,
    file,
    format,
  ],
};

/** All of them. */
export const ways: readonly Way[] = [
  { name: "import", entry: "entry.mjs", isForOldest: true },
  { name: "require", entry: "entry.cjs", isForOldest: true },
  ...Object.entries(bundlers).flatMap(([name, command]) =>
    FORMATS.map((format): Way => ({
      name: `${name}, ${format}`,
      entry: "entry.mjs",
      bundle: command(format),
      isForOldest: name === "esbuild",
    })),
  ),
  {
    name: "jest, babel-jest",
    entry: "entry.mjs",
    run: ({ tool }) => [tool("jest"), "--config", "jest-babel.config.mjs"],
  },
  {
    name: "jest, ts-jest",
    entry: "entry.mjs",
    run: ({ tool }) => [tool("jest"), "--config", "jest-ts.config.mjs"],
  },
  {
    name: "jest, ES modules",
    entry: "entry.mjs",
    run: ({ tool }) => [tool("jest"), "--config", "jest-esm.config.mjs"],
    env: { NODE_OPTIONS: "--experimental-vm-modules --no-warnings" },
  },
  {
    name: "vitest",
    entry: "entry.mjs",
    run: ({ ownTool, project }) => [ownTool("vitest"), "run", "--root", project],
  },
  {
    name: "vitest, inlined",
    entry: "entry.mjs",
    run: ({ ownTool, project }) => [
      ownTool("vitest"),
      "run",
      "--root",
      project,
      "--config",
      "vitest-inline.config.mjs",
    ],
  },
];
