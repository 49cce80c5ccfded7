/** @modelcontextprotocol/sdk: a client against servers of the same SDK, by Streamable HTTP and by the older SSE. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import {
  StreamableHTTPClientTransport,
  StreamableHTTPError,
} from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { SSEServerTransport } from "@modelcontextprotocol/sdk/server/sse.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { ServerNotification } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";

import { HttpDigestAuth, toFetch, type Session } from "../../src/index.ts";
import { PASSWORD, USER, type Api, type FarSide, type Seen } from "./far-side.ts";
import { at, faultOf, openSession, PATIENT, soon } from "./shared-checks.ts";
import type { Check, Ground } from "./subject.ts";

/** Sessions of the servers, by their ids. */
const streamable = new Map<string, StreamableHTTPServerTransport>();
const older = new Map<string, SSEServerTransport>();

/** A server with tools: one that answers, one that tells how far it is, one that never ends. */
function newServer(): McpServer {
  const server = new McpServer({ name: "far-side", version: "1.0.0" });
  server.registerTool("echo", { inputSchema: { text: z.string() } }, ({ text }) => ({
    content: [{ type: "text", text }],
  }));
  server.registerTool("count", { inputSchema: { to: z.number() } }, async ({ to }, extra) => {
    const progressToken = extra._meta?.progressToken ?? 0;
    for (let progress = 1; progress <= to; progress++)
      await extra.sendNotification({
        method: "notifications/progress",
        params: { progressToken, progress, total: to },
      } satisfies ServerNotification);
    return { content: [{ type: "text", text: `counted to ${to}` }] };
  });
  server.registerTool("never", {}, ({ signal }: { readonly signal: AbortSignal }) => {
    return new Promise<never>((_, fail) =>
      signal.addEventListener("abort", () => fail(new Error("cancelled"))),
    );
  });
  return server;
}

/** What the servers of the SDK are handed: the body was read already. */
export const api: Api = async (seen, response) => {
  const request = response.req;
  if (seen.path.startsWith("/sse")) await answerOlder(seen, request, response);
  else await answerStreamable(seen, request, response);
};

async function answerStreamable(
  seen: Seen,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const id = seen.headers["mcp-session-id"];
  let transport = typeof id === "string" ? streamable.get(id) : undefined;
  if (transport === undefined) {
    const made = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (session) => void streamable.set(session, made),
    });
    transport = made;
    await newServer().connect(made);
  }
  await transport.handleRequest(
    request,
    response,
    seen.body.length === 0 ? undefined : JSON.parse(seen.body.toString()),
  );
}

async function answerOlder(seen: Seen, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const id = new URL(seen.path, "http://x.test").searchParams.get("sessionId");
  if (id === null) {
    const transport = new SSEServerTransport(`/${seen.trick}/sse/messages`, response);
    older.set(transport.sessionId, transport);
    await newServer().connect(transport);
  } else await older.get(id)?.handlePostMessage(request, response, JSON.parse(seen.body.toString()));
}

async function connect(
  session: Session<boolean>,
  url: string,
): Promise<{ client: Client; transport: StreamableHTTPClientTransport }> {
  const fetch = toFetch(session);
  const transport = new StreamableHTTPClientTransport(new URL(url), { fetch });
  const client = new Client({ name: "of-the-session", version: "1.0.0" });
  await client.connect(transport);
  return { client, transport };
}

async function echo(client: Client, text: string): Promise<unknown> {
  const { content } = await client.callTool({ name: "echo", arguments: { text } });
  return (content as { text: string }[])[0]?.text; // of the tool above
}

/** Opens, runs, and closes. */
function connected(
  trick: Parameters<typeof at>[1],
  options: Parameters<typeof openSession>[1],
  run: (client: Client, ground: Ground, transport: StreamableHTTPClientTransport) => Promise<void>,
): Check {
  return async (ground) => {
    await using session = openSession(ground, options);
    const { client, transport } = await connect(session, `${at(ground.far, trick)}/mcp`);
    try {
      await run(client, ground, transport);
    } finally {
      await client.close();
    }
  };
}

const posts = ({ seen }: FarSide): readonly Seen[] => seen.filter(({ method }) => method === "POST");

/** Its checks: all of them are its own, as it is no client of a REST API. */
export const checks: Readonly<Record<string, Check>> = {
  "tools are listed and called": connected("plain", {}, async (client, { far }) => {
    const { tools } = await client.listTools();
    assert.deepEqual(
      tools.map(({ name }) => name),
      ["echo", "count", "never"],
    );
    assert.equal(await echo(client, "hello"), "hello");
    for (const { headers, body } of posts(far)) assert.equal(headers["content-length"], String(body.length));
  }),

  "cookies are kept": connected("plain", {}, async (client, { far }) => {
    await echo(client, "x");
    const [first, ...others] = posts(far);
    assert.equal(first?.headers.cookie, undefined);
    for (const { headers } of others) assert.equal(headers.cookie, "visit=1");
  }),

  "the session's Retry sends again": connected("flaky", { retry: PATIENT }, async (client, { far }) => {
    assert.equal(await echo(client, "again"), "again");
    const [first, second] = posts(far);
    assert.deepEqual(second?.body, first?.body);
  }),

  "the session's Digest signs": connected(
    "digest",
    { auth: new HttpDigestAuth(USER, PASSWORD) },
    async (client, { far }) => {
      assert.equal(await echo(client, "signed"), "signed");
      const unsigned = posts(far).filter(({ headers }) => headers.authorization === undefined);
      assert.equal(unsigned.length, 1);
    },
  ),

  "307 of the same origin sends the POST again": connected("moved307", {}, async (client, { far }) => {
    assert.equal(await echo(client, "moved"), "moved");
    assert.ok(posts(far).some(({ trick, body }) => trick === "plain" && body.includes("moved")));
  }),

  "notifications come while a tool runs": connected("plain", {}, async (client) => {
    const seen: number[] = [];
    const { content } = await client.callTool({ name: "count", arguments: { to: 50 } }, undefined, {
      onprogress: ({ progress }) => void seen.push(progress),
    });
    assert.deepEqual(content, [{ type: "text", text: "counted to 50" }]);
    assert.deepEqual(
      seen,
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
  }),

  "the SDK's timeout ends a call": connected("plain", {}, async (client) => {
    const error = await faultOf(
      soon(client.callTool({ name: "never" }, undefined, { timeout: 200 }), "the timeout"),
    );
    assert.match(String(error), /timed out/);
    assert.equal(await echo(client, "still there"), "still there");
  }),

  "an abort ends a call": connected("plain", {}, async (client) => {
    const signal = AbortSignal.timeout(100);
    await faultOf(soon(client.callTool({ name: "never" }, undefined, { signal }), "the abort"));
    assert.equal(await echo(client, "still there"), "still there");
  }),

  "forty calls at a time have each their own answer": connected(
    "plain",
    {},
    async (client, { far, protocol }) => {
      const texts = Array.from({ length: 40 }, (_, index) => `text ${index}`);
      assert.deepEqual(await Promise.all(texts.map((text) => echo(client, text))), texts);
      if (protocol === "HTTP/2") assert.equal(far.connections, 1);
    },
  ),

  "closing ends the stream of events, and the session of the server": connected(
    "plain",
    {},
    async (client, { far }, transport) => {
      await transport.terminateSession();
      await client.close();
      assert.ok(far.seen.some(({ method }) => method === "DELETE"));
      const stream = far.seen.find(({ method }) => method === "GET");
      assert.ok(stream !== undefined, "there was no stream of events");
    },
  ),

  "422 is the SDK's error": async (ground) => {
    await using session = openSession(ground);
    const error = await faultOf(connect(session, `${at(ground.far, "refused")}/mcp`));
    assert.ok(error instanceof StreamableHTTPError && error.code === 422, String(error));
  },

  "a refused connection is fetch's error": async (ground) => {
    await using session = openSession(ground);
    const error = await faultOf(connect(session, "http://127.0.0.1:9/mcp"));
    assert.ok(error instanceof TypeError, String(error));
  },

  "the older transport, by SSE": async (ground) => {
    await using session = openSession(ground);
    const transport = new SSEClientTransport(new URL(`${at(ground.far, "plain")}/sse`), {
      fetch: toFetch(session),
    });
    const client = new Client({ name: "of-the-session", version: "1.0.0" });
    await client.connect(transport);
    assert.equal(await echo(client, "events"), "events");
    assert.equal(posts(ground.far).at(-1)?.headers.cookie, "visit=1");
    await client.close();
    const stream = ground.far.seen.find(({ method }) => method === "GET");
    if (stream !== undefined) await soon(stream.givenUp, "the server");
  },
};
