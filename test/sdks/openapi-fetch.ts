/** openapi-fetch: always hands over a `Request`; errors are values. */
import assert from "node:assert/strict";
import createClient from "openapi-fetch";

import { toFetch } from "../../src/index.ts";
import { json, textOf } from "./answers.ts";
import { REFUSAL } from "./far-side.ts";
import { at, last, openSession } from "./shared-checks.ts";
import type { Subject } from "./subject.ts";

/** What openapi-typescript makes of an API with one operation of each kind. */
interface paths {
  "/texts": {
    post: {
      requestBody: { content: { "application/json": { text: string } } };
      responses: {
        200: { content: { "application/json": { text: string } } };
        422: { content: { "application/json": typeof REFUSAL } };
      };
    };
  };
  "/texts/{id}": {
    put: {
      parameters: { path: { id: string }; query: { tags?: string[] } };
      requestBody: { content: { "application/json": { text: string } } };
      responses: { 200: { content: { "application/json": { text: string } } } };
    };
  };
}

/** What the API said was wrong. */
class ApiError extends Error {
  readonly status: number;
  readonly data: unknown;

  constructor(status: number, data: unknown) {
    super(`status ${status}`);
    this.status = status;
    this.data = data;
  }
}

export const subject: Subject = {
  name: "openapi-fetch",
  api: (seen, response) => json(response, { text: textOf(seen) }),
  open({ fetch, url: baseUrl }) {
    const client = createClient<paths>({ baseUrl, fetch });
    return {
      async call(text, signal) {
        const options = signal === undefined ? {} : { signal };
        const { data, error, response } = await client.POST("/texts", { ...options, body: { text } });
        if (data === undefined) throw new ApiError(response.status, error);
        return data.text;
      },
    };
  },
  faults: {
    status: (error, status) => error instanceof ApiError && error.status === status,
    body: (error) => error instanceof ApiError && JSON.stringify(error.data) === JSON.stringify(REFUSAL),
    // It has no errors of its own: fetch's come through.
    connection: (error) => error instanceof TypeError,
    timeout: (error) => error instanceof DOMException && error.name === "TimeoutError",
    abort: (error) => error instanceof DOMException && error.name === "AbortError",
  },
  retries: false,
  timeouts: false,
  tellsBrokenBodies: true,
  authorization: null,
  checks: {
    "parameters of path and query, and middleware": async (ground) => {
      await using session = openSession(ground);
      const client = createClient<paths>({ baseUrl: at(ground.far, "plain"), fetch: toFetch(session) });
      client.use({
        onRequest: ({ request }) => request.headers.set("x-of-middleware", "1"),
        onResponse: ({ response }) => new Response(response.body, response),
      });
      const { data } = await client.PUT("/texts/{id}", {
        params: { path: { id: "a b" }, query: { tags: ["x", "y"] } },
        body: { text: "put" },
      });
      const { method, path, headers } = last(ground.far);
      assert.deepEqual(
        [data, method, path, headers["x-of-middleware"]],
        [{ text: "put" }, "PUT", "/texts/a%20b?tags=x&tags=y", "1"],
      );
    },
  },
};
