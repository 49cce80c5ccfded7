/**
 * For `node --import`: programs that import "sojourn" and its other entry points get the sources, so that they run without a build.
 */
import { registerHooks } from "node:module";

const sources = new Map(
  Object.entries({
    sojourn: "src/index.ts",
    "sojourn/testing": "testing/index.ts",
    "sojourn/oauth2": "src/oauth2.ts",
    "sojourn/charset": "src/charset.ts",
    "sojourn/formats": "src/formats.ts",
    "sojourn/otel": "src/otel.ts",
    "sojourn/terminal": "src/terminal.ts",
  }).map(([name, path]) => [name, new URL(`../../${path}`, import.meta.url).href]),
);

registerHooks({
  resolve: (name, context, next) => {
    const url = sources.get(name);
    return url === undefined ? next(name, context) : { url, shortCircuit: true };
  },
});
