/** `--form`: the parts of a multipart body as curl writes them (curl's manual, "form"). */
import { HeaderMap } from "../core/headers.ts";
import type { FilePart } from "../core/options.ts";
import type { Given } from "./arguments.ts";
import type { Draft, Taker, World } from "./draft.ts";
import { fieldOf } from "./fields.ts";
import { textOf, textOrBytes } from "./source.ts";

/** What curl makes of the end of a file's name. */
const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    gif: "image/gif",
    jpg: "image/jpeg",
    jpeg: "image/jpeg",
    png: "image/png",
    svg: "image/svg+xml",
    txt: "text/plain",
    htm: "text/html",
    html: "text/html",
    pdf: "application/pdf",
    xml: "application/xml",
  }),
);

function typeOf(name: string): string | undefined {
  return TYPES.get(/\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? "");
}

/** What follows the content of a part: `;type=…;filename=…;headers=…`. */
interface Facts {
  type: string | null;
  filename: string | null;
  readonly headers: string[];
}

/** The options of this file. */
export const formTakers: Readonly<Record<string, Taker>> = {
  form: (draft, given, world) => take(draft, given, world, false),
  "form-string": (draft, given, world) => take(draft, given, world, true),
  "form-escape": (_, given, world) => {
    if (given.isOn) world.ignore(given, "names of fields and files are escaped with %");
  },
};

function take(draft: Draft, given: Given, world: World, isLiteral: boolean): void {
  const equals = given.value.indexOf("=");
  if (equals === -1) world.fail(given, `${given.shown} must be NAME=CONTENT`);
  const name = nameText(given.value.slice(0, equals), given, world);
  const content = given.value.slice(equals + 1);
  draft.parts.push([
    name,
    isLiteral ? { filename: null, content: textOrBytes(content) } : partOf(content, given, world),
  ]);
}

function nameText(bytes: string, given: Given, world: World): string {
  return textOf(bytes) ?? world.fail(given, "a name in a form must be UTF-8");
}

function partOf(content: string, given: Given, world: World): FilePart {
  if (/^[()]|^=\)$/.test(content)) world.fail(given, "parts within a part are not read");
  const sign = /^[@<]/.exec(content)?.[0] ?? "";
  const { word, rest } = firstWord(content.slice(sign.length), sign === "" ? "" : ",");
  if (rest.startsWith(","))
    world.fail(given, `several files in one ${given.shown} are not read: give one for each`);
  const facts = factsOf(rest, given, world);
  const { headers, type } = headersOf(facts, given, world);
  const named = nameOf(facts, sign, given, world);
  const more = headers === null ? null : { headers };
  if (sign !== "") return { ...fileOf(word, { type, named, isFile: sign === "@" }, given, world), ...more };
  const guessed = named === null ? "" : (typeOf(named) ?? "");
  return { filename: named, content: textOrBytes(word), contentType: type ?? guessed, ...more };
}

/** The name of the file that was given; `null` for none. */
function nameOf({ filename }: Facts, sign: string, given: Given, world: World): string | null {
  if (filename === null) return null;
  if (sign !== "<") return nameText(filename, given, world);
  world.ignore(given, "the text of a field has no file name, and curl gives it none");
  return null;
}

/** What is known of a file that is a part, beside its path. */
interface FileFacts {
  readonly type: string | null;
  /** The name that was given for it. */
  readonly named: string | null;
  /** Is it sent as a file, and not as the text of a field? */
  readonly isFile: boolean;
}

function fileOf(word: string, { type, named, isFile }: FileFacts, given: Given, world: World): FilePart {
  const path = nameText(word, given, world);
  const base = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  const filename = named ?? (isFile ? base : null);
  // Of the standard input curl knows no type.
  const unknown = filename === null || word === "-" ? undefined : "application/octet-stream";
  const guessed = typeOf(filename ?? "") ?? typeOf(path) ?? unknown ?? "";
  // Without a file name plain text needs no type.
  const isTold = filename !== null || guessed !== "text/plain";
  const content = new Uint8Array(Buffer.from(world.read(word, given), "latin1"));
  return { filename, content, contentType: type ?? (isTold ? guessed : "") };
}

/** The fields of a part, and its type where one was given. `null` for none. */
function headersOf(
  { headers: lines, type }: Facts,
  given: Given,
  world: World,
): { readonly headers: HeaderMap | null; readonly type: string | null } {
  if (lines.length === 0) return { headers: null, type };
  const headers = new HeaderMap();
  for (const line of lines) {
    const field = fieldOf(line, given, world);
    if (field?.value != null) headers.append(field.name, field.value);
  }
  return { headers, type: type ?? headers.get("content-type") };
}

/**
 * A word: in quotes, in which `\` takes the meaning from a quote and from itself, or up to `;` (and `end`), without the blanks
 * around it.
 */
function firstWord(text: string, end: string): { readonly word: string; readonly rest: string } {
  const from = text.trimStart();
  const quoted = /^"([^"\\]*(?:\\[^][^"\\]*)*)"[^;]*/.exec(from);
  if (quoted !== null)
    return { word: (quoted[1] ?? "").replaceAll(/\\(["\\])/g, "$1"), rest: from.slice(quoted[0].length) };
  const at = from.search(end === "" ? /;/ : /[;,]/);
  return at === -1
    ? { word: from.trimEnd(), rest: "" }
    : { word: from.slice(0, at).trimEnd(), rest: from.slice(at) };
}

function factsOf(text: string, given: Given, world: World): Facts {
  const facts: Facts = { type: null, filename: null, headers: [] };
  let rest = text;
  let isBehindType = false;
  while (rest.startsWith(";")) {
    const [, name = ""] = /^;\s*(type|filename|headers|encoder)=/i.exec(rest) ?? [];
    const start = name === "" ? 1 : rest.indexOf("=") + 1;
    const { word, rest: after } = firstWord(rest.slice(start), "");
    const fact = name.toLowerCase();
    // A type may have parameters of its own.
    if (fact === "" && isBehindType) facts.type += rest.slice(0, rest.length - after.length).trimEnd();
    else note(facts, fact, word, { given, world });
    isBehindType = fact === "type" || (fact === "" && isBehindType);
    rest = after;
  }
  return facts;
}

function note(
  facts: Facts,
  fact: string,
  word: string,
  { given, world }: { readonly given: Given; readonly world: World },
): void {
  switch (fact) {
    case "type":
      facts.type = word;
      break;
    case "filename":
      facts.filename = word;
      break;
    case "headers":
      if (word.startsWith("@")) facts.headers.push(...world.read(word.slice(1), given).split(/\r?\n/));
      else facts.headers.push(word);
      break;
    case "encoder":
      world.ignore(given, "encoder= is not taken over: the part is sent as it is");
      break;
    default:
      if (word !== "")
        world.ignore(given, "what stands behind a ; in a part is neither type, filename nor headers");
      break;
  }
}
