import { defineConfig } from "vitest/config";

/** Files that leave a process other than they found it, or that would notice what others did there. */
const ALONE: string[] = [];

export default defineConfig({
  test: {
    // Processes, not threads: some tests want signals, a working directory, flags.
    pool: "forks",
    testTimeout: 10_000,
    hookTimeout: 10_000,
    // What is waited for comes within milliseconds: every 50 of them would be most of the time.
    expect: { poll: { interval: 5, timeout: 5000 } },
    projects: [
      {
        extends: true,
        test: {
          name: "tests",
          include: ["test/**/*.test.ts"],
          exclude: ALONE,
          // Loading everything anew for each file takes longer than all of the tests. That none disturbs another is watched.
          isolate: false,
          setupFiles: ["test/support/untouched.ts"],
        },
      },
      { extends: true, test: { name: "alone", include: ALONE } },
      {
        extends: true,
        test: {
          name: "types",
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            checker: "tsc",
            tsconfig: "./tsconfig.json",
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
});
