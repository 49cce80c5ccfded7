/** @anthropic-ai/sdk: messages, at once and as events. */
import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";

import { toFetch } from "../../src/index.ts";
import { events, json } from "./answers.ts";
import { REFUSAL, type Api } from "./far-side.ts";
import { at, last, openSession, PATIENT, soon } from "./shared-checks.ts";
import type { Check, Ground, Subject } from "./subject.ts";

const WORDS = 200;
const ALL_WORDS = Array.from({ length: WORDS }, (_, word) => `${word} `).join("");
const ASKED = { model: "m", max_tokens: 10, messages: [{ role: "user" as const, content: "x" }] };
const USAGE = { input_tokens: 1, output_tokens: 1 };

const api: Api = async ({ method, body }, response) => {
  const asked = (method === "POST" ? JSON.parse(body.toString()) : {}) as {
    // the SDK wrote it
    readonly stream?: boolean;
    readonly messages?: readonly { readonly content: string }[];
  };
  const message = {
    id: "m",
    type: "message",
    role: "assistant",
    model: "m",
    content: [],
    stop_reason: null,
    usage: USAGE,
  };
  if (asked.stream === true) await events(response, tell(message));
  else json(response, { ...message, content: [{ type: "text", text: asked.messages?.[0]?.content ?? "" }] });
};

function* tell(message: object): Generator<{ event: string; data: { type: string } }> {
  const told = (data: { type: string }): { event: string; data: { type: string } } => ({
    event: data.type,
    data,
  });
  const start = { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } };
  yield told({ type: "message_start", message } as { type: string });
  yield told(start);
  for (let word = 0; word < WORDS; word++) {
    const delta = { type: "text_delta", text: `${word} ` };
    yield told({ type: "content_block_delta", index: 0, delta } as { type: string });
  }
  yield told({ type: "content_block_stop", index: 0 } as { type: string });
  yield told({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: USAGE } as { type: string });
  yield told({ type: "message_stop" });
}

export const subject: Subject = {
  name: "@anthropic-ai/sdk",
  api,
  open({ fetch, url: baseURL, retries: maxRetries = 0, timeout }) {
    const client = new Anthropic({ baseURL, authToken: "of-anthropic", fetch, maxRetries: 0 });
    const own = client.withOptions({ maxRetries, ...(timeout === undefined ? {} : { timeout }) });
    return {
      async call(text, signal) {
        const { content } = await own.messages.create(
          { ...ASKED, messages: [{ role: "user", content: text }] },
          signal === undefined ? {} : { signal },
        );
        return content[0]?.type === "text" ? content[0].text : "";
      },
    };
  },
  faults: {
    status: (error, status) => error instanceof Anthropic.APIError && error.status === status,
    body: (error) =>
      error instanceof Anthropic.UnprocessableEntityError &&
      JSON.stringify(error.error) === JSON.stringify(REFUSAL),
    connection: (error) => error instanceof Anthropic.APIConnectionError,
    timeout: (error) => error instanceof Anthropic.APIConnectionTimeoutError,
    abort: (error) => error instanceof Anthropic.APIUserAbortError,
  },
  retries: true,
  timeouts: true,
  tellsBrokenBodies: true,
  authorization: "Bearer of-anthropic",
  checks: {
    "a message comes as events": withClient("plain", async (client) => {
      let text = "";
      for await (const event of await client.messages.create({ ...ASKED, stream: true })) {
        if (event.type === "content_block_delta" && event.delta.type === "text_delta")
          text += event.delta.text;
      }
      assert.equal(text, ALL_WORDS);
    }),

    "the SDK's own stream, behind a retry of the session": withClient("flaky", async (client) => {
      const message = await client.messages.stream(ASKED).finalMessage();
      assert.equal(message.content[0]?.type === "text" && message.content[0].text, ALL_WORDS);
    }),

    "an abort of the events ends the request": withClient("plain", async (client, { far }) => {
      const stream = client.messages.stream(ASKED);
      let count = 0;
      await assert.rejects(async () => {
        for await (const _ of stream) if (++count === 3) stream.abort();
      }, Anthropic.APIUserAbortError);
      assert.ok(count < WORDS);
      await soon(last(far).givenUp, "the server");
    }),

    "leaving the events ends the request": withClient("plain", async (client, { far }) => {
      for await (const _ of await client.messages.create({ ...ASKED, stream: true })) break;
      await soon(last(far).givenUp, "the server");
    }),
  },
};

function withClient(
  trick: "plain" | "flaky",
  run: (client: Anthropic, ground: Ground) => Promise<void>,
): Check {
  return async (ground) => {
    await using session = openSession(ground, { retry: PATIENT });
    const options = { baseURL: at(ground.far, trick), apiKey: "k", fetch: toFetch(session), maxRetries: 0 };
    await run(new Anthropic(options), ground);
  };
}
