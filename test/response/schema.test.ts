import type { StandardSchemaV1 } from "@standard-schema/spec";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { InvalidJSONError, JSONDecodeError, SchemaError } from "../../src/core/errors.ts";
import { ResponsePromise } from "../../src/response/promise.ts";
import { failureOf } from "../support/one-call.ts";
import { read, streamed } from "../support/responses.ts";

const User = z.object({ name: z.string(), age: z.coerce.number() });

/** A schema that answers like this. */
function answering<Output>(
  validate: (value: unknown) => StandardSchemaV1.Result<Output> | Promise<StandardSchemaV1.Result<Output>>,
): StandardSchemaV1<unknown, Output> {
  return { "~standard": { version: 1, vendor: "test", validate } };
}

/** What a read response's `json(schema)` throws. */
function thrown(body: string, schema: StandardSchemaV1): SchemaError {
  try {
    read({ body }).json(schema);
  } catch (error) {
    if (error instanceof SchemaError) return error;
    throw error;
  }
  throw new Error("it did not throw");
}

describe("json(schema)", () => {
  const body = '{"name":"Ann","age":"7","more":true}';
  const made = { name: "Ann", age: 7 };

  it("gives what the schema makes of the body, at once when the response is read", () => {
    expect(read({ body }).json(User)).toEqual(made);
  });

  it("gives a promise of it for streamed responses, and for promises of responses", async () => {
    expect(await streamed({ body }).json(User)).toEqual(made);
    expect(await ResponsePromise.of(Promise.resolve(read({ body }))).json(User)).toEqual(made);
    expect(await ResponsePromise.of(Promise.resolve(streamed({ body }))).json(User)).toEqual(made);
  });

  it("takes asynchronous schemas wherever it gives a promise", async () => {
    const upper = answering(async (value) => ({ value: String(value).toUpperCase() }));
    expect(await streamed({ body: '"ann"' }).json(upper)).toBe("ANN");
    expect(await ResponsePromise.of(Promise.resolve(read({ body: '"ann"' }))).json(upper)).toBe("ANN");
  });

  it.for([
    ["passes", async () => ({ value: 1 })],
    ["fails", async () => ({ issues: [{ message: "no" }] })],
    ["throws", async () => Promise.reject(new Error("no"))],
  ] as const)("refuses an asynchronous schema that %s where the value is given at once", ([, validate]) => {
    expect(() => read({ body: "1" }).json(answering(validate))).toThrow(
      "use await session.get(url).json(schema)",
    );
    expect(() => read({ body: "1" }).json(answering(validate))).toThrow(TypeError);
  });

  it("takes schemas that are functions", () => {
    const schema = Object.assign(
      () => undefined,
      answering((value) => ({ value: [value] })),
    );
    expect(read({ body: "1" }).json(schema)).toEqual([1]);
  });

  it.for([null, 1, "name", {}, { "~standard": null }, { "~standard": {} }])(
    "is a TypeError for %o, which is no schema",
    async (schema) => {
      expect(() => read({ body: "1" }).json(schema as never)).toThrow(TypeError);
      expect(await failureOf(streamed({ body: "1" }).json(schema as never))).toBeInstanceOf(TypeError);
    },
  );

  it("does not ask the schema about a body that is no JSON", () => {
    const schema = answering(() => {
      throw new Error("asked");
    });
    expect(() => read({ body: "<html>" }).json(schema)).toThrow(JSONDecodeError);
  });

  it("passes on what a schema throws", () => {
    const error = new Error("the schema is broken");
    const schema = answering(() => {
      throw error;
    });
    expect(() => read({ body: "1" }).json(schema)).toThrow(error);
  });
});

describe("SchemaError", () => {
  it("tells where the body does not fit, of which response", async () => {
    const response = streamed({ body: '{"name":1}' });
    const error = await failureOf(response.json(User));
    expect(error).toBeInstanceOf(InvalidJSONError);
    expect(error).toMatchObject({ name: "SchemaError", code: "ERR_SCHEMA", phase: "decode", response });
    const { issues, message } = error as SchemaError;
    expect(issues.map(({ path }) => path)).toEqual([["name"], ["age"]]);
    expect(message).toMatch(
      /^the body does not fit the schema: name: .*string.*; age: .*number.*: GET https:\/\/a\.test\/path$/,
    );
  });

  it.for<[path: StandardSchemaV1.Issue["path"], line: string]>([
    [undefined, "the body does not fit the schema: wrong: GET"],
    [[], "schema: wrong:"],
    [["users", 0, "name"], "schema: users[0].name: wrong"],
    [[{ key: "users" }, { key: "1" }], "schema: users[1]: wrong"],
    [["two words", "x"], 'schema: ["two words"].x: wrong'],
    [["line\nbreak"], 'schema: ["line\\nbreak"]: wrong'],
    [[Symbol("s")], 'schema: ["Symbol(s)"]: wrong'],
  ])("writes the path %o", ([path, line]) => {
    const issue = path === undefined ? { message: "wrong" } : { message: "wrong", path };
    expect(
      thrown(
        "{}",
        answering(() => ({ issues: [issue] })),
      ).message,
    ).toContain(line);
  });

  it("names three issues and counts the others, and cuts long ones", () => {
    const issues = ["a", "b", "c", "d", "e"].map((key) => ({ message: "x".repeat(1000), path: [key] }));
    const error = thrown(
      "{}",
      answering(() => ({ issues })),
    );
    expect(error.issues).toHaveLength(5);
    expect(error.message).toContain("; and 2 more");
    expect(error.message).not.toContain("d: x");
    expect(error.message.length).toBeLessThan(800);
  });

  it.for([
    ['{"key":"s3cret-value"}', 'Invalid type: Expected number but received "s3cret-value"'],
    ['{"key":"s3cret-value"}', "must be a number (was s3cret-value)"],
    ['{"key":"s3cret \\"value\\""}', 'received "s3cret \\"value\\""'],
    ['{"key":5550001234}', "must be below 10, was 5550001234"],
    ['{"key":{"deep":["s3cret-value",{"n":5550001234}]}}', 'was {"deep":["s3cret-value",{"n":5550001234}]}'],
    [`{"key":[${'"s3cret-value",'.repeat(1000)}1]}`, "was a list with s3cret-value"],
  ] as const)("does not repeat the values of %s", ([body, message]) => {
    const error = thrown(
      body,
      answering(() => ({ issues: [{ message, path: ["key"] }] })),
    );
    const everything = inspect(error, { depth: 9 }) + JSON.stringify(error);
    expect(everything).not.toMatch(/s3cret|5550001234/);
    expect(error.issues[0]?.path).toEqual(["key"]);
  });

  it("does not look at what is inherited", () => {
    const issues = [{ message: "wrong", path: ["constructor", "name"] }];
    expect(
      thrown(
        "{}",
        answering(() => ({ issues })),
      ).message,
    ).toContain("constructor.name: wrong");
  });
});
