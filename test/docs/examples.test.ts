/**
 * The examples of README.md and docs/ are compiled and run as they stand, and print what they say. `npm run oldest` runs them on the
 * oldest Node, too.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { isWhole } from "../support/size.ts";
import { readPages } from "./pages.ts";
import { faultsOf, setStage, type Stage } from "./stage.ts";

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
      expect(faultsOf(page, await stage.play(page))).toEqual([]);
    },
  );

  it.for(pages.map((page) => [page.path, page] as const))(
    "have no declaration that the oldest Node takes for a SyntaxError: %s",
    ([, { examples }]) => {
      const newer = examples.filter(({ code }) => /^\s*(await )?using \w/m.test(code));
      expect(newer.map(({ line }) => line)).toEqual([]);
    },
  );
});
