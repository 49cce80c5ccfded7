/** A stream of which we and llhttp tell different stories, and what rows of the table look at. */
import type { Asked } from "./question.ts";
import type { Answer, Difference, Story } from "./story.ts";

export interface Case {
  /** The stream. */
  readonly text: string;
  readonly ours: Story;
  /** What llhttp was asked last, and said. */
  readonly asked: Asked;
  readonly theirs: Story;
  /** The first one. */
  readonly difference: Difference;
}

/** They refuse for such a reason, and the byte they mean is such a one: it stands at their place or just before. Where it is. */
export function refusedAt({ theirs, asked }: Case, reason: RegExp, byte: RegExp): number | null {
  const { ending } = theirs;
  if (ending.kind !== "refused" || !reason.test(ending.reason)) return null;
  for (const at of [ending.offset - 1, ending.offset]) if (byte.test(asked.text[at] ?? "")) return at;
  return null;
}

/** Do they not have the head yet? */
export function isInHead({ theirs }: Case): boolean {
  return theirs.answers.at(-1)?.head === null;
}

/** Where the line begins in which `at` is. */
export function lineAt(text: string, at: number): number {
  return text.lastIndexOf("\n", at - 1) + 1;
}

/** Does a field begin at `at` that says where a body ends? */
export function isFramingLine(text: string, at: number): boolean {
  return /^(?:content-length|transfer-encoding):/i.test(text.slice(at, at + 18));
}

/** The values of a field of a head, in the order in which they came. */
export function valuesOf(answer: Answer | undefined, name: string): string[] {
  const fields = answer?.head?.fields ?? [];
  return fields.filter((_, at) => at % 2 === 1 && fields[at - 1]?.toLowerCase() === name);
}

/** Members of a list (RFC 9110 §5.6.1), in lower case; none of an empty one. */
export function membersOf(answer: Answer | undefined, name: string): string[] {
  const members = valuesOf(answer, name).join(",").split(",");
  return members
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, "").toLowerCase())
    .filter((member) => member !== "");
}

export function ourAnswer({ ours, difference }: Case): Answer | undefined {
  return ours.answers[difference.answer];
}

export function theirAnswer({ theirs, difference }: Case): Answer | undefined {
  return theirs.answers[difference.answer];
}

/** The bytes of the response in which they differ, from its beginning to its end, or to that of the stream. */
export function textOf({ text, ours, difference }: Case): string {
  const end = ours.answers[difference.answer]?.end ?? -1;
  return text.slice(ours.answers[difference.answer - 1]?.end ?? 0, end === -1 ? text.length : end);
}

/** All lengths that our head has, where they stand now, are one number. */
export function isOneLength({ ours, theirs }: Case): boolean {
  const lengths = membersOf(ours.answers[theirs.answers.length - 1], "content-length");
  const [first = ""] = lengths;
  return first !== "" && lengths.every((text) => /^\d+$/.test(text) && BigInt(text) === BigInt(first));
}
