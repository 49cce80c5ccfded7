/** Reads what doc comments of options say: text in, text out. */

/** A member of a type, with its doc comment. */
export interface Documented {
  readonly name: string;
  /** The first sentence; two where that is a heading. */
  readonly says: string;
  /** What stands behind `Default:`; `""` when nothing does. */
  readonly initial: string;
}

/** The members of an interface or of an object type, those of objects in it too. */
export function documentedMembers(source: string, type: string): readonly Documented[] {
  const begin = new RegExp(`^export (?:interface|type) ${type}\\b`, "m").exec(source);
  if (begin === null) throw new Error(`there is no type ${type}`);
  const [body = ""] = /^.*?^(?: {4})?\};?$/ms.exec(source.slice(begin.index)) ?? [];
  const members = body.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\s*(?:readonly )?(\w+)\?:/gs);
  return Array.from(members, ([, comment = "", name = ""]) => ({ name, ...parsedComment(comment) }));
}

/** The text of a doc comment, without its tags. */
function textOf(comment: string): string {
  const [text = ""] = comment
    .replaceAll(/^[ \t]*\*[ \t]?/gm, "")
    .split(/@(?:throws|typeParam|internal|default)\b/);
  return text
    .replaceAll(/\{@link ([\w.]+)\}/g, "`$1`")
    .replaceAll(/\s+/g, " ")
    .trim();
}

function parsedComment(comment: string): Omit<Documented, "name"> {
  // Not at the dot of a figure, of "e.g." or of a name: a sentence begins with a capital letter, a figure or code.
  const sentences = textOf(comment).split(/(?<=[.?])\s+(?=[A-Z`0-9])/);
  const initial = sentences.find((sentence) => sentence.startsWith("Default: ")) ?? "";
  const [first = "", second = ""] = sentences.filter((sentence) => sentence !== initial);
  return {
    says: first.length < 20 ? `${first} ${second}`.trim() : first,
    initial: initial.slice("Default: ".length).replace(/\.$/, ""),
  };
}
