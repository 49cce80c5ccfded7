/** Options that make a body or a query: `--data` and its kin, `--json`, `--upload-file`, `--url-query`. */
import type { Given } from "./arguments.ts";
import type { Draft, Taker, World } from "./draft.ts";

/** What `--data` reads of a file: text, without its line ends. */
function fileText(path: string, given: Given, world: World): string {
  const bytes = world.read(path, given);
  const end = bytes.indexOf("\0");
  if (end !== -1)
    world.ignore(given, "a byte that is 0 ends what is read of a file: --data-binary takes all of it");
  return (end === -1 ? bytes : bytes.slice(0, end)).replaceAll(/[\r\n]/g, "");
}

function append(draft: Draft, data: string, separator: string): void {
  draft.data = draft.data === null || draft.data === "" ? data : draft.data + separator + data;
}

const text: Taker = (draft, given, world) => {
  const { value } = given;
  append(draft, value.startsWith("@") ? fileText(value.slice(1), given, world) : value, "&");
};

function bytes(draft: Draft, given: Given, world: World, separator: string): void {
  const { value } = given;
  append(draft, value.startsWith("@") ? world.read(value.slice(1), given) : value, separator);
}

/** All but letters, digits and `-._~` as escapes. */
export function escapedBytes(bytes: string): string {
  return bytes.replaceAll(
    /[^A-Za-z0-9\-._~]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** The same as a form has it, with a blank as `+`. */
function escaped(content: string): string {
  return escapedBytes(content).replaceAll("%20", "+");
}

/** `content`, `=content`, `name=content`, `@file` and `name@file`: the content is encoded, the name is not. */
function encoded(given: Given, world: World): string {
  const { value } = given;
  const equals = value.indexOf("=");
  const at = equals === -1 ? value.indexOf("@") : equals;
  const name = at === -1 ? "" : value.slice(0, at);
  const rest = value.slice(at + 1);
  const content = at !== -1 && at !== equals ? world.read(rest, given) : rest;
  return name === "" ? escaped(content) : `${name}=${escaped(content)}`;
}

/** The options of this file. */
export const dataTakers: Readonly<Record<string, Taker>> = {
  data: text,
  "data-ascii": text,
  "data-raw": (draft, { value }) => append(draft, value, "&"),
  "data-binary": (draft, given, world) => bytes(draft, given, world, "&"),
  "data-urlencode": (draft, given, world) => append(draft, encoded(given, world), "&"),
  json: (draft, given, world) => {
    draft.isJson = true;
    bytes(draft, given, world, "");
  },
  "upload-file": (draft, given, world) => {
    const path = given.value === "." ? "-" : given.value;
    if (/[{[]/.test(path) && !draft.isGlobOff)
      world.fail(given, "several files to upload are not read: write a command for each");
    const upload = path === "" ? null : { path, bytes: world.read(path, given) };
    draft.uploads.push({ given, upload });
  },
  "url-query": (draft, given, world) => {
    const { value } = given;
    draft.queries.push(value.startsWith("+") ? value.slice(1) : encoded(given, world));
  },
  get: (draft, { isOn }) => {
    draft.isGet = isOn;
  },
};
