/** openai: chat completions, responses, files; answers at once and as events. */
import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";

import { toFetch } from "../../src/index.ts";
import { events, json } from "./answers.ts";
import { REFUSAL, type Api } from "./far-side.ts";
import { at, last, openSession, PATIENT, soon } from "./shared-checks.ts";
import type { Check, Ground, Subject } from "./subject.ts";

const WORDS = 200;
const STREAMED = { model: "m", messages: [{ role: "user" as const, content: "x" }], stream: true as const };

interface Asked {
  readonly stream?: boolean;
  readonly input?: string;
  readonly messages?: readonly { readonly content: string }[];
}

const api: Api = async ({ method, path, headers, body }, response) => {
  if (path.startsWith("/files")) {
    json(response, { id: "file-1", object: "file", bytes: body.length, filename: headers["content-type"] });
    return;
  }
  const asked = (method === "POST" ? JSON.parse(body.toString()) : {}) as Asked; // openai wrote it
  const isStreamed = asked.stream === true;
  if (path.startsWith("/responses")) {
    const done = responseOf(asked.input ?? "");
    if (isStreamed)
      await events(
        response,
        wordsOf((delta) => ({ type: "response.output_text.delta", delta }), {
          type: "response.completed",
          response: done,
        }),
      );
    else json(response, done);
    return;
  }
  if (isStreamed)
    await events(response, [
      ...wordsOf((content) => ({ choices: [{ index: 0, delta: { content } }] })),
      { data: "[DONE]" },
    ]);
  else
    json(response, {
      id: "c",
      choices: [{ index: 0, message: { role: "assistant", content: asked.messages?.[0]?.content } }],
    });
};

function responseOf(text: string): object {
  return {
    id: "r",
    object: "response",
    output: [
      { type: "message", role: "assistant", content: [{ type: "output_text", text, annotations: [] }] },
    ],
  };
}

function* wordsOf(of: (word: string) => object, end?: object): Generator<{ event?: string; data: unknown }> {
  for (let word = 0; word < WORDS; word++) yield { data: of(`${word} `) };
  if (end !== undefined) yield { data: end };
}

const ALL_WORDS = Array.from({ length: WORDS }, (_, word) => `${word} `).join("");

export const subject: Subject = {
  name: "openai",
  api,
  open({ fetch, url: baseURL, retries: maxRetries = 0, timeout }) {
    const client = new OpenAI({ baseURL, apiKey: "of-openai", fetch, maxRetries: 0 });
    const own = client.withOptions({ maxRetries, ...(timeout === undefined ? {} : { timeout }) });
    return {
      async call(text, signal) {
        const { choices } = await own.chat.completions.create(
          { model: "m", messages: [{ role: "user", content: text }] },
          signal === undefined ? {} : { signal },
        );
        return choices[0]?.message.content ?? "";
      },
    };
  },
  faults: {
    status: (error, status) => error instanceof OpenAI.APIError && error.status === status,
    body: (error) =>
      error instanceof OpenAI.UnprocessableEntityError &&
      JSON.stringify(error.error) === JSON.stringify(REFUSAL.error),
    connection: (error) => error instanceof OpenAI.APIConnectionError,
    timeout: (error) => error instanceof OpenAI.APIConnectionTimeoutError,
    abort: (error) => error instanceof OpenAI.APIUserAbortError,
  },
  retries: true,
  timeouts: true,
  tellsBrokenBodies: true,
  authorization: "Bearer of-openai",
  checks: {
    "the responses API": withClient("plain", async (client) => {
      assert.equal((await client.responses.create({ model: "m", input: "hello" })).output_text, "hello");
    }),

    "a chat completion comes as events": withClient("plain", async (client) => {
      let text = "";
      for await (const { choices } of await client.chat.completions.create(STREAMED)) {
        text += choices[0]?.delta.content ?? "";
      }
      assert.equal(text, ALL_WORDS);
    }),

    "a response comes as events": withClient("plain", async (client) => {
      let text = "";
      for await (const event of await client.responses.create({ model: "m", input: "x", stream: true })) {
        if (event.type === "response.output_text.delta") text += event.delta;
      }
      assert.equal(text, ALL_WORDS);
    }),

    "events come behind a retry of the session": withClient("flaky", async (client) => {
      let count = 0;
      for await (const _ of await client.chat.completions.create(STREAMED)) count++;
      assert.equal(count, WORDS);
    }),

    "leaving the events ends the request": withClient("plain", async (client, { far }) => {
      for await (const _ of await client.chat.completions.create(STREAMED)) break;
      await soon(last(far).givenUp, "the server");
    }),

    "an abort of the events ends the request": withClient("plain", async (client, { far }) => {
      const stream = await client.chat.completions.create(STREAMED);
      let count = 0;
      for await (const _ of stream) {
        if (++count === 3) stream.controller.abort();
      }
      assert.ok(count < WORDS);
      await soon(last(far).givenUp, "the server");
    }),

    "a file, from a File": withClient("flaky", async (client, { far }) => {
      const text = "line of a file\n".repeat(20_000);
      await client.files.create({ file: new File([text], "a.jsonl"), purpose: "batch" });
      const [first, second] = far.seen;
      for (const { body } of [first, second].filter((one) => one !== undefined))
        assert.ok(body.includes(text));
      assert.deepEqual([second?.body, far.seen.length], [first?.body, 2]);
    }),

    "a file, from a stream of the disk": withClient("plain", async (client, { far }) => {
      const folder = await mkdtemp(join(tmpdir(), "sojourn-sdks-"));
      const text = "line of a file\n".repeat(20_000);
      await writeFile(join(folder, "a.jsonl"), text);
      await client.files.create({ file: createReadStream(join(folder, "a.jsonl")), purpose: "batch" });
      await rm(folder, { recursive: true });
      assert.ok(last(far).body.includes(text));
      assert.match(last(far).headers["content-type"] ?? "", /^multipart\/form-data; boundary=/);
    }),
  },
};

function withClient(trick: "plain" | "flaky", run: (client: OpenAI, ground: Ground) => Promise<void>): Check {
  return async (ground) => {
    await using session = openSession(ground, { retry: PATIENT });
    const options = { baseURL: at(ground.far, trick), apiKey: "k", fetch: toFetch(session), maxRetries: 0 };
    await run(new OpenAI(options), ground);
  };
}
