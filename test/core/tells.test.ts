import { describe, expect, it } from "vitest";

import { tells } from "../../src/core/tells.ts";

class Base {
  does(): string {
    return "it";
  }
  says(): string {
    return "it";
  }
}

class Other extends Base {
  override does(): string {
    return "another";
  }
}

class Both extends Other {
  override says(): string {
    return "another";
  }
}

describe("tells()", () => {
  it.for<readonly [what: string, holder: { does(): string; says?(): string }, isTrue: boolean]>([
    ["a class that has both", new Base(), true],
    ["one that does it in another way", new Other(), false],
    ["one that says so, too", new Both(), true],
    ["an object with both", { does: () => "it", says: () => "it" }, true],
    ["an object that says nothing", { does: () => "it" }, false],
    ["an instance that does it in another way", Object.assign(new Base(), { does: () => "another" }), false],
    [
      "a proxy's target without a prototype",
      Object.assign(Object.create(null) as Base, { does: () => "" }),
      false,
    ],
  ])("of %s: %s", ([, holder, isTrue]) => {
    expect(tells(holder, "says", "does")).toBe(isTrue);
  });
});
