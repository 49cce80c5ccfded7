/** docs/options.md has every option as the table of options and the doc comments have it. `npm run options` writes it. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { rows, type OptionName, type Place } from "../../src/options/table.ts";
import { documentedMembers } from "./doc-comments.ts";
import { listedOptions, optionsPage, pageOfOptions } from "./options-page.ts";

const listed = listedOptions();
const names = Object.keys(rows) as OptionName[]; // the type of rows has these names
const places: readonly Place[] = ["session", "scope", "request", "send"];

/** What the page says of an option's default, in all of its rows. */
function defaultOf(name: OptionName): string {
  return listed
    .filter((option) => option.name === name)
    .map(({ initial }) => initial)
    .join("; ");
}

describe("docs/options.md", () => {
  it("is what npm run options writes", () => {
    expect(readFileSync(optionsPage, "utf8")).toBe(pageOfOptions());
  });

  it("has all options of the table, and no others", () => {
    expect([...new Set(listed.map(({ name }) => name))].sort()).toEqual(names.toSorted());
  });

  it.for(names)("names each place in which %s may stand once", (name) => {
    const named = listed.filter((option) => option.name === name).flatMap((option) => option.places);
    expect(named.toSorted()).toEqual(places.filter((place) => rows[name].at[place] !== false).toSorted());
  });

  it("says of each option what it is and what holds without it", () => {
    expect(listed.filter(({ says, initial }) => says.length < 20 || initial === "")).toEqual([]);
  });

  const plain = names.flatMap((name) => {
    const row = rows[name];
    const initial = "initial" in row ? row.initial : undefined;
    return typeof initial === "number" || typeof initial === "boolean" ? [[name, initial] as const] : [];
  });
  it.for(plain)("tells the default of %s that the table has: %s", ([name, initial]) => {
    expect(defaultOf(name).replaceAll(/(?<=\d) (?=\d)/g, "")).toMatch(new RegExp(`(?:^|\`)${initial}\\b`));
  });
});

describe("documentedMembers", () => {
  const source = `
export interface Some {
  /**
   * Most things, e.g. 1.5 of {@link Other}, that are
   * looked at. More. Default: 30, as \`x.y\` has it.
   *
   * @throws {TypeError} for others. Default: none.
   */
  readonly most?: number | undefined;
  /** Fields. A record of them. */
  readonly fields?: object;
}

export interface Another {
  /** Of no concern here. Default: 1. */
  readonly other?: number;
}
`;

  it("takes the first sentence and the default of each, and nothing of other types", () => {
    expect(documentedMembers(source, "Some")).toEqual([
      {
        name: "most",
        says: "Most things, e.g. 1.5 of `Other`, that are looked at.",
        initial: "30, as `x.y` has it",
      },
      { name: "fields", says: "Fields. A record of them.", initial: "" },
    ]);
  });

  it("throws for a type that there is not", () => {
    expect(() => documentedMembers(source, "None")).toThrow("there is no type None");
  });
});
