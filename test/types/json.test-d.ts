import { describe, expectTypeOf, it } from "vitest";
import { z } from "zod";
import type { AnyResponse, Response, ResponsePromise, StreamedResponse } from "../../src/index.ts";

declare const read: Response;
declare const streamed: StreamedResponse;
declare const promised: ResponsePromise<Response>;
declare const either: AnyResponse;

const User = z.object({ name: z.string(), born: z.string().transform((text) => new Date(text)) });
interface Made {
  name: string;
  born: Date;
}

describe("json()", () => {
  it("has the type that the schema puts out, not the one that it takes", () => {
    expectTypeOf(read.json(User)).toEqualTypeOf<Made>();
    expectTypeOf(streamed.json(User)).toEqualTypeOf<Promise<Made>>();
    expectTypeOf(promised.json(User)).toEqualTypeOf<Promise<Made>>();
    expectTypeOf(either.json(User)).toEqualTypeOf<Made | Promise<Made>>();
  });

  it("has the type that the caller says, or none", () => {
    expectTypeOf(read.json<Made>()).toEqualTypeOf<Made>();
    expectTypeOf(read.json()).toBeUnknown();
    expectTypeOf(promised.json<Made>()).toEqualTypeOf<Promise<Made>>();
  });

  it("does not let the caller contradict the schema", () => {
    // @ts-expect-error -- the schema makes something else
    void (() => read.json<{ age: number }>(User));
    // @ts-expect-error -- no schema
    void (() => read.json({ name: "string" }));
  });
});
