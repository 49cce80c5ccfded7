/** ky: always hands over a `Request`. */
import assert from "node:assert/strict";
import ky, { HTTPError, NetworkError, TimeoutError, isTimeoutError, type Options } from "ky";

import { toFetch } from "../../src/index.ts";
import { json, textOf } from "./answers.ts";
import { REFUSAL } from "./far-side.ts";
import { at, last, openSession, PATIENT } from "./shared-checks.ts";
import type { Subject } from "./subject.ts";

export const subject: Subject = {
  name: "ky",
  api: (seen, response) => json(response, { text: textOf(seen) }),
  open({ fetch, url: prefix, retries = 0, timeout }) {
    const client = ky.create({ prefix, fetch, retry: 0 });
    const own: Options = {
      retry: { limit: retries, methods: ["post"], delay: () => 10 },
      ...(timeout === undefined ? {} : { timeout }),
    };
    return {
      async call(text, signal) {
        const options = signal === undefined ? own : { ...own, signal };
        return (await client.post("texts", { ...options, json: { text } }).json<{ text: string }>()).text;
      },
    };
  },
  faults: {
    status: (error, status) => error instanceof HTTPError && error.response.status === status,
    body: (error) => error instanceof HTTPError && JSON.stringify(error.data) === JSON.stringify(REFUSAL),
    connection: (error) => error instanceof NetworkError,
    timeout: (error) => error instanceof TimeoutError && isTimeoutError(error),
    abort: (error) => error instanceof DOMException && error.name === "AbortError",
  },
  retries: true,
  timeouts: true,
  tellsBrokenBodies: true,
  authorization: null,
  checks: {
    "a form with a file goes out with its length, and is sent again": async (ground) => {
      await using session = openSession(ground, { retry: PATIENT });
      const body = new FormData();
      body.set("file", new File(["a".repeat(100_000)], "a.txt", { type: "text/plain" }));
      await ky.post("texts", { prefix: at(ground.far, "flaky"), fetch: toFetch(session), retry: 0, body });
      const [first, second] = ground.far.seen;
      assert.equal(second?.headers["transfer-encoding"], undefined);
      assert.equal(Number(second?.headers["content-length"]), second?.body.length);
      assert.ok((first?.body.length ?? 0) > 100_000);
      assert.deepEqual(second?.body, first?.body);
    },

    "hooks of both see the same request": async (ground) => {
      const seen: string[] = [];
      await using session = openSession(ground, {
        hooks: { request: (request) => void seen.push(`session ${request.method}`) },
      });
      await ky.put("texts", {
        prefix: at(ground.far, "plain"),
        fetch: toFetch(session),
        json: { text: "x" },
        hooks: {
          beforeRequest: [
            ({ request }) => {
              request.headers.set("x-of-ky", "1");
            },
          ],
        },
      });
      assert.deepEqual([seen, last(ground.far).headers["x-of-ky"]], [["session PUT"], "1"]);
    },

    "progress of a download": async (ground) => {
      await using session = openSession(ground);
      let bytes = 0;
      const onDownloadProgress = (progress: { transferredBytes: number }): void => {
        bytes = progress.transferredBytes;
      };
      const client = ky.create({
        prefix: at(ground.far, "plain"),
        fetch: toFetch(session),
        onDownloadProgress,
      });
      const { length } = await client.get("texts").bytes();
      assert.equal(bytes, length);
    },
  },
};
