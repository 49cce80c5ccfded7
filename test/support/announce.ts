/** What `npm test` says before it begins: what it runs, and where the rest is. */
import { globSync } from "node:fs";

const [tests, types] = ["test/**/*.test.ts", "test/types/**/*.test-d.ts"].map(
  (pattern) => globSync(pattern).length,
);

console.log(`${tests} files of tests and ${types} of types, in less than two minutes on two idle cores.
Properties and loads are tried with a fifth of their runs, killed downloads at three moments of nine, and of the examples in the docs those of
README.md and the quickstart run; the others compile. \`npm run check\` tries all of it.
Not among them: npm run oldest, runtimes, bundles, sdks, tracing, stress, soak, fuzz, httpbin, real (CONTRIBUTING.md).
`);
