import { describe, expect, it } from "vitest";

import { inOrder, printsOf } from "./printed.ts";

describe("what a program says that it prints", () => {
  it("is what stands behind its calls of console.log()", () => {
    const code = 'console.log(a); // 1\nconsole.log(b);\nb(); // 2\n  console.log(c, "d"); // 3 d\n';
    expect(printsOf(code)).toEqual(["1", "3 d"]);
  });

  it.for([
    ["all, in order", "a\nx\nb\n", ["a", "b"], []],
    ["objects as people write them", "[Object: null prototype] { a: 'b' }\n", ['{ a: "b" }'], []],
    ["another order", "b\na\n", ["a", "b"], ["b"]],
    ["one of two", "a\n", ["a", "a"], ["a"]],
    ["nothing", "", ["a"], ["a"]],
  ] as const)("is looked for in what it printed: %s", ([, printed, wanted, missing]) => {
    const found = inOrder(printed, wanted);
    expect(wanted.filter((text, at) => found[at] !== text)).toEqual(missing);
  });
});
