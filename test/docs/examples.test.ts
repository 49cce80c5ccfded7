/**
 * The examples of README.md and docs/ are compiled and run as they stand, and print what they say.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPages } from "./pages.ts";
import { isWhole } from "../support/size.ts";
import { outputs, setStage, type Stage } from "./stage.ts";

const pages = await readPages();
const withExamples = pages.filter(({ examples }) => examples.length > 0);
/** The others compile at least. */
const played = isWhole ? withExamples : withExamples.filter(({ path }) => /^(?:README|docs\/1-)/.test(path));

describe("the examples of the guide", () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await setStage(pages);
  }, 30_000);

  afterAll(async () => {
    await stage[Symbol.asyncDispose]();
  });

  it("compile", { timeout: 30_000 }, async () => {
    expect(await stage.compile()).toEqual([]);
  });

  it.for(played.map((page) => [page.path, page] as const))(
    "run, and print what they say: %s",
    { timeout: 30_000 },
    async ([, page]) => {
      const { code, stdout, stderr } = await stage.play(page);
      const printed = outputs(stdout);
      const last = page.examples.findLast(({ number }) => printed.has(number));
      expect({ code, stderr }, `${page.path}, line ${last?.line}, is the last that ran`).toEqual({
        code: 0,
        stderr: "",
      });
      for (const { number, line, runs, prints } of page.examples) {
        if (!runs) continue;
        const lines = (printed.get(number) ?? "").split("\n").map(plain);
        expect(inOrder(lines, prints), `${page.path}, line ${line}`).toEqual(prints);
      }
    },
  );
});

/** What people write of an object, not what Node does. */
function plain(line: string): string {
  return line.replaceAll("[Object: null prototype] ", "").replaceAll("'", '"').trim();
}

/** Those of `wanted` that are among `lines`, in this order; in the place of others what was printed there. */
function inOrder(lines: readonly string[], wanted: readonly string[]): string[] {
  let at = 0;
  return wanted.map((text) => {
    const found = lines.indexOf(plain(text), at);
    if (found === -1) return `not printed; there was ${JSON.stringify(lines.slice(at))}`;
    at = found + 1;
    return text;
  });
}
