/**
 * Checks a value with a schema of the caller's: any that follows Standard Schema v1.
 *
 * Pure, but for what the schema does.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { unawaited } from "../core/abort.ts";
import { misuse } from "../core/caller.ts";
import { mustBe } from "../core/checks.ts";
import { SchemaError, type FailedRequest, type FailedResponse, type SchemaIssue } from "../core/errors.ts";
import { REDACTED } from "../core/redact.ts";

/** Whose body it is. */
interface Owner extends FailedResponse {
  readonly request: FailedRequest;
}

type Schema<Output> = StandardSchemaV1<unknown, Output>;
type Result<Output> = StandardSchemaV1.Result<Output>;

/** So many issues are told in a message. All are in `issues`. */
const SHOWN_ISSUES = 3;
const SHOWN_CHARACTERS = 200;
/** A part of the body with more values is not searched for what a message quotes: nothing of the message is shown then. */
const MOST_LEAVES = 500;

/**
 * What the schema makes of `value`.
 *
 * @throws {SchemaError} when it does not fit. {@link TypeError} when `schema` is none.
 */
export async function validate<Output>(
  schema: Schema<Output>,
  value: unknown,
  owner: Owner,
): Promise<Output> {
  return outputOf(await resultOf(schema, value), value, owner);
}

/**
 * As {@link validate}, at once.
 *
 * @throws {TypeError} also when the schema has to wait.
 */
export function validateNow<Output>(schema: Schema<Output>, value: unknown, owner: Owner): Output {
  const result = resultOf(schema, value);
  // Not `instanceof`: what is taken for a result, and is a promise of one, would pass everything.
  if (!("then" in result)) return outputOf(result, value, owner);
  unawaited(result);
  throw new TypeError(
    "the schema validates asynchronously, and json() of a read response gives its value at once; " +
      "use await session.get(url).json(schema), or await response.json(schema) of a streamed response",
  );
}

function resultOf<Output>(schema: Schema<Output>, value: unknown): Result<Output> | Promise<Result<Output>> {
  // Some schemas are functions.
  const standard: unknown = (schema as Partial<StandardSchemaV1> | null)?.["~standard"];
  if (typeof standard !== "object" || standard === null || !("validate" in standard)) {
    throw misuse(mustBe("the schema of json()", "one of Standard Schema v1", schema));
  }
  return schema["~standard"].validate(value);
}

function outputOf<Output>(result: Result<Output>, value: unknown, owner: Owner): Output {
  // Any falsy value means success, as the standard has it.
  if (!result.issues) return result.value;
  const issues = result.issues.map((issue) => issueOf(issue, value));
  const shown = issues.slice(0, SHOWN_ISSUES).map(lineOf);
  if (issues.length > SHOWN_ISSUES) shown.push(`and ${issues.length - SHOWN_ISSUES} more`);
  throw new SchemaError(`the body does not fit the schema: ${shown.join("; ")}`, {
    issues,
    request: owner.request,
    response: owner,
    phase: "decode",
  });
}

function issueOf({ path = [], message }: StandardSchemaV1.Issue, whole: unknown): SchemaIssue {
  const keys = path.map((step) => (typeof step === "object" ? step.key : step));
  let part = whole;
  for (const key of keys) part = partOf(part, key);
  return { path: keys, message: withoutValues(message, part) };
}

function partOf(value: unknown, key: PropertyKey): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<PropertyKey, unknown>>)[key]; // it has that property, as was just seen
}

/** Some validators quote what they were given, and a body may hold secrets: an error must not. */
function withoutValues(message: string, part: unknown): string {
  const leaves = leavesOf(part);
  if (leaves === null) return "it does not fit";
  let shown = message;
  for (const leaf of leaves) {
    const text = String(leaf);
    if (typeof leaf === "string") {
      shown = shown
        .replaceAll(JSON.stringify(text), JSON.stringify(REDACTED))
        .replaceAll(`'${text}'`, `'${REDACTED}'`);
    }
    // A single letter or digit is no secret, and is in every message.
    if (text.length > 2) shown = shown.replaceAll(text, REDACTED);
  }
  return shown;
}

/** Texts and numbers inside of `part`, longest first; `null`: there are too many. */
function leavesOf(part: unknown): readonly (string | number)[] | null {
  const leaves: (string | number)[] = [];
  const waiting: unknown[] = [part];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === "string" || typeof value === "number") leaves.push(value);
    else if (typeof value === "object" && value !== null) {
      for (const one of Object.values(value)) waiting.push(one);
    }
    if (leaves.length + waiting.length > MOST_LEAVES) return null;
  }
  return leaves.toSorted((one, other) => String(other).length - String(one).length);
}

function lineOf({ path, message }: SchemaIssue): string {
  const text = message.length > SHOWN_CHARACTERS ? `${message.slice(0, SHOWN_CHARACTERS)}…` : message;
  return path.length === 0 ? text : `${pathText(path)}: ${text}`;
}

/** `users[0].name`, as a program would write it. */
function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((key) => {
    if (typeof key === "number" || /^\d+$/.test(String(key))) return `[${String(key)}]`;
    return /^[A-Za-z_$][\w$]*$/.test(String(key)) ? `.${String(key)}` : `[${JSON.stringify(String(key))}]`;
  });
  return text.join("").replace(/^\./, "");
}
