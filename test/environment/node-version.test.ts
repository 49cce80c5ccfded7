import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { assertNewEnough } from "../../src/environment/node-version.ts";

describe("a Node", () => {
  it.for([
    ["18.20.8", false],
    ["20.20.2", false],
    ["22.9.0", false],
    ["22.14.0", false],
    ["22.15.0", true],
    ["22.19.0", true],
    ["24.0.0", true],
    ["26.10.0", true],
    ["100.1.0", true],
  ] as const)("%s is new enough: %s", ([version, isEnough]) => {
    const check = (): void => assertNewEnough(version);
    if (isEnough) expect(check).not.toThrow();
    else expect(check).toThrow(`and this is Node ${version}`);
  });

  it("that is too old is told which one package.json asks for", () => {
    const { engines } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
      readonly engines: { readonly node: string };
    };
    const named = engines.node.replace(">=", "");
    expect(() => assertNewEnough("20.0.0")).toThrow(`needs Node ${named} or newer`);
  });
});
