/**
 * How the package is built: each entry point one file, and one more for what they share. A hundred small modules would take
 * longer to load than all of undici. Declarations are `tsc`'s, file by file.
 */
import { defineConfig, type RolldownOptions } from "rolldown";

const entries = ["src/index", "src/charset", "src/oauth2", "testing/index"];

const config: RolldownOptions = defineConfig({
  input: Object.fromEntries(entries.map((entry) => [entry, `${entry}.ts`])),
  platform: "node",
  // Packages are the user's to install, and to have once.
  external: /^[^./]/,
  output: {
    dir: "dist",
    format: "esm",
    sourcemap: true,
    // Errors and printed objects tell their class.
    keepNames: true,
    chunkFileNames: "src/shared-[hash].js",
  },
});

export default config;
