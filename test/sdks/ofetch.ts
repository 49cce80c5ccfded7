/** ofetch. */
import assert from "node:assert/strict";
import { createFetch, FetchError } from "ofetch";

import { toFetch } from "../../src/index.ts";
import { json, textOf } from "./answers.ts";
import { REFUSAL } from "./far-side.ts";
import { at, last, openSession } from "./shared-checks.ts";
import type { Subject } from "./subject.ts";

export const subject: Subject = {
  name: "ofetch",
  api: (seen, response) => json(response, { text: textOf(seen) }),
  open({ fetch, url: baseURL, retries = 0, timeout }) {
    const client = createFetch({ fetch }).create({ baseURL, retry: 0 });
    return {
      async call(text, signal) {
        const { text: answer } = await client<{ text: string }>("/texts", {
          method: "POST",
          body: { text },
          retry: retries,
          ...(timeout === undefined ? {} : { timeout }),
          ...(signal === undefined ? {} : { signal }),
        });
        return answer;
      },
    };
  },
  faults: {
    status: (error, status) => error instanceof FetchError && error.status === status,
    body: (error) => error instanceof FetchError && JSON.stringify(error.data) === JSON.stringify(REFUSAL),
    connection: (error) => error instanceof FetchError && error.status === undefined,
    timeout: (error) => error instanceof FetchError && /timeout|TimeoutError/i.test(String(error.cause)),
    abort: (error) => error instanceof FetchError && /abort/i.test(String(error.cause)),
  },
  retries: true,
  timeouts: true,
  tellsBrokenBodies: true,
  authorization: null,
  checks: {
    "a stream of the body, and the raw response": async (ground) => {
      await using session = openSession(ground);
      const client = createFetch({ fetch: toFetch(session) });
      const url = `${at(ground.far, "plain")}/texts`;
      const raw = await client.raw(url, { query: { a: ["1", "2"] } });
      assert.deepEqual([raw.status, raw._data, last(ground.far).path], [200, { text: "" }, "/texts?a=1&a=2"]);
      const stream = await client(url, { responseType: "stream" });
      assert.equal(await new Response(stream).text(), '{"text":""}');
    },
  },
};
