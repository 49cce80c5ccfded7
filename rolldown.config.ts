/**
 * How the package is built: each entry point one file, and one more for what they share. A hundred small modules take
 * longer to load. Declarations are `tsc`'s, file by file.
 *
 * What is built must survive being bundled again, into one file that lies alone, as a CommonJS or an ES module: so it has
 * nothing in it that only works where it lies, such as `createRequire(import.meta.url)`.
 */
import { readFile } from "node:fs/promises";
import { defineConfig, type Plugin, type RolldownOptions } from "rolldown";

const here = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), "utf8");

const { dependencies, peerDependencies } = JSON.parse(await here("package.json")) as {
  // it is npm that reads it, and wants it so
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
};
const entries = [
  "src/index",
  "src/charset",
  "src/formats",
  "src/oauth2",
  "src/otel",
  "src/terminal",
  "testing/index",
];

const REFUSAL = `const thrown = refuse();
function refuse() {
  throw new Error(
    "sojourn runs on Node, Deno and Bun: it needs sockets, which browsers and edge workers do not give. " +
      'For a program of Node, tell the bundler so (platform or target "node"); in Jest, testEnvironment: "node"',
  );
}
`;

/**
 * What browsers and edge workers get: entries with the same names, which throw when they are loaded. Without them a bundler
 * would make a program of it that fails somewhere inside, or say that there is no `node:net`.
 */
const elsewhere: Plugin = {
  name: "elsewhere",
  generateBundle(_options, bundle) {
    for (const entry of entries) {
      const chunk = bundle[`${entry}.js`];
      if (chunk?.type !== "chunk") throw new Error(`there is no ${entry}.js`);
      const names = chunk.exports.map((name) => `thrown as ${name}`);
      const source = `${REFUSAL}export { ${names.join(", ")} };\n`;
      this.emitFile({ type: "asset", fileName: `${entry}.elsewhere.js`, source });
    }
  },
};

const config: RolldownOptions = defineConfig({
  input: Object.fromEntries(entries.map((entry) => [entry, `${entry}.ts`])),
  platform: "node",
  // Packages are the user's to install, and to have once.
  external: Object.keys({ ...dependencies, ...peerDependencies }),
  plugins: [elsewhere],
  // Node 22 takes `await using` for a SyntaxError.
  transform: { target: "es2024" },
  output: {
    dir: "dist",
    format: "esm",
    sourcemap: true,
    // Errors and printed objects tell their class.
    keepNames: true,
    // What they say stands in the declarations; here it would be read at every start.
    comments: { jsdoc: false },
    // One character that is not ASCII, and V8 keeps two bytes for every character of the file.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: false, asciiOnly: true } },
    chunkFileNames: "src/shared-[hash].js",
  },
});

export default config;
