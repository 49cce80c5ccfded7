import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** `npm test` is `--mode part`; `test/support/announce.ts` says what that is. */
export default defineConfig(({ mode }) => {
  const isPart = mode === "part";
  return {
    test: {
      env: {
        TEST_SIZE: isPart ? "part" : "whole",
        // Programs that tests start load the sources in a third of the time.
        NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/compiled", import.meta.url)),
      },
      // Processes, not threads: some tests want signals, a working directory, flags.
      pool: "forks",
      // Of two cores both: what waits leaves room for what computes.
      maxWorkers: Math.max(2, availableParallelism()),
      // What hangs is found; what a busy machine keeps waiting is no fault.
      testTimeout: 30_000,
      hookTimeout: 30_000,
      // What is waited for comes within milliseconds: to look every 50 of them would be most of the time.
      // A test that expects nothing is an error.
      expect: { requireAssertions: true, poll: { interval: 5, timeout: 5000 } },
      projects: [
        {
          extends: true,
          test: {
            name: "tests",
            include: ["test/**/*.test.ts"],
            // To load everything anew for each file takes longer than all of the tests. That none disturbs another is watched
            // by `untouched.ts`; a file that must would get a project of its own.
            isolate: false,
            setupFiles: ["test/support/untouched.ts"],
          },
        },
        {
          extends: true,
          test: {
            name: "types",
            include: [],
            typecheck: {
              enabled: true,
              only: true,
              checker: "tsc",
              // Of the whole tree it would take as long as many tests.
              tsconfig: "./test/types/tsconfig.json",
              include: ["test/types/**/*.test-d.ts"],
              // Errors elsewhere are the business of `npm run types`.
              ignoreSourceErrors: true,
            },
          },
        },
      ],
      coverage: {
        provider: "v8",
        include: ["src/**/*.ts"],
        reporter: ["text", "html", "lcov"],
        thresholds: { lines: 90 },
      },
    },
  };
});
