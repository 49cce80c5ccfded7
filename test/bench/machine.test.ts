/** What the bench finds out about its machine. */
import { describe, expect, it } from "vitest";
import { listed } from "../../bench/machine.ts";

describe("a list of cores", () => {
  it.for([
    ["0", [0]],
    ["0-2,5\n", [0, 1, 2, 5]],
    ["3,1-1", [3, 1]],
    ["", []],
  ] as const)("%j is %j", ([text, expected]) => {
    expect(listed(text)).toEqual(expected);
  });
});
