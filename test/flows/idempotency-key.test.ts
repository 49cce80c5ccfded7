import { describe, expect, it } from "vitest";

import { ConnectionError, Request, Session, type RequestOptions } from "../../src/index.ts";
import { rejection } from "../support/messages.ts";
import { startOrigin } from "../support/origins.ts";
import { ok, scriptedServer, type RawRequest, type Script } from "../support/scripted-server.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The first connection dies with its second request, before a byte of a response; the others serve. */
function dyingOnReuse(heard: RawRequest[]): Script {
  return async (connection) => {
    await connection.request();
    connection.write(ok());
    const second = await connection.request();
    if (second === null) return;
    heard.push(second);
    connection.end();
  };
}

function keysOf(requests: readonly RawRequest[]): (string | undefined)[] {
  return requests.map(({ fields }) => fields.find((field) => /^idempotency-key:/i.test(field)));
}

describe("a POST on a kept connection that died", () => {
  it("is not sent again", async () => {
    const heard: RawRequest[] = [];
    await using server = await scriptedServer(dyingOnReuse(heard));
    await using session = new Session({ trustEnv: false });
    await session.get(server.url);
    expect(await rejection(session.post(server.url, { data: "x" }))).toBeInstanceOf(ConnectionError);
    expect(heard).toHaveLength(1);
  });

  it.for<[string, RequestOptions]>([
    ["idempotencyKey: true", { idempotencyKey: true }],
    ["a key", { idempotencyKey: "order-17" }],
    ["a header that the caller wrote", { headers: { "Idempotency-Key": "order-17" } }],
  ])("is sent again once, with the same key and body, with %s", async ([, options]) => {
    const heard: RawRequest[] = [];
    await using server = await scriptedServer(async (connection, whole) => {
      if (connection.number === 1) return dyingOnReuse(heard)(connection, whole);
      const request = await connection.request();
      if (request !== null) heard.push(request);
      connection.write(ok("done"));
    });
    await using session = new Session({ trustEnv: false });
    await session.get(server.url);
    expect((await session.post(server.url, { data: "x", ...options })).text()).toBe("done");
    expect(heard.map(({ rawBody }) => rawBody)).toEqual(["x", "x"]);
    const [first, second] = keysOf(heard);
    expect(first).toBeDefined();
    expect(second).toBe(first);
  });

  it("is never sent a third time", async () => {
    const heard: RawRequest[] = [];
    await using server = await scriptedServer(async (connection) => {
      if (connection.number === 1) {
        await connection.request();
        connection.write(ok());
      }
      const request = await connection.request();
      if (request !== null) heard.push(request);
      connection.end();
    });
    await using session = new Session({ trustEnv: false });
    await session.get(server.url);
    const call = session.post(server.url, { data: "x", idempotencyKey: true });
    expect(await rejection(call)).toBeInstanceOf(ConnectionError);
    expect(heard).toHaveLength(2);
  });

  it("is not sent again when its body can be read only once", async () => {
    const heard: RawRequest[] = [];
    await using server = await scriptedServer(dyingOnReuse(heard));
    await using session = new Session({ trustEnv: false });
    await session.get(server.url);
    const once = new Blob(["x"]).stream();
    const call = session.post(server.url, { data: once, idempotencyKey: true });
    expect(await rejection(call)).toBeInstanceOf(ConnectionError);
    expect(heard).toHaveLength(1);
  });
});

describe("idempotencyKey", () => {
  it("true makes a random key, another one for each request, where the method needs one", async () => {
    await using origin = await startOrigin((_request, response) => void response.end());
    await using session = new Session({ idempotencyKey: true, trustEnv: false });
    for (const method of ["GET", "PUT", "DELETE", "post", "PATCH", "POST"])
      await session.request(method, origin.url);
    const keys = origin.arrived.map(({ headers }) => headers["idempotency-key"]);
    expect(keys.slice(0, 3)).toEqual([undefined, undefined, undefined]);
    for (const key of keys.slice(3)) expect(key).toMatch(UUID);
    expect(new Set(keys.slice(3)).size).toBe(3);
  });

  it("of a request goes before the session's, and a header before both", async () => {
    await using origin = await startOrigin((_request, response) => void response.end());
    await using session = new Session({ idempotencyKey: true, trustEnv: false });
    await session.post(origin.url, { idempotencyKey: false });
    await session.post(origin.url, { idempotencyKey: null });
    await session.put(origin.url, { idempotencyKey: "mine" });
    await session.post(origin.url, { idempotencyKey: "mine", headers: { "idempotency-key": "other" } });
    expect(origin.arrived.map(({ headers }) => headers["idempotency-key"])).toEqual([
      undefined,
      undefined,
      "mine",
      "other",
    ]);
  });

  it("stays the same along redirects within the origin, and does not leave it", async () => {
    await using other = await startOrigin((_request, response) => void response.end());
    await using origin = await startOrigin(({ url }, response) => {
      response.writeHead(307, { location: url === "/1" ? "/2" : other.url }).end();
    });
    await using session = new Session({ trustEnv: false });
    await session.post(`${origin.url}/1`, { data: "x", idempotencyKey: "mine" });
    expect(origin.arrived.map(({ headers }) => headers["idempotency-key"])).toEqual(["mine", "mine"]);
    expect(other.arrived[0]?.headers["idempotency-key"]).toBeUndefined();
  });

  it("is shown by a prepared request, which keeps it", () => {
    const session = new Session({ idempotencyKey: true });
    const prepared = session.prepareRequest(new Request("POST", "http://a.test/"));
    expect(prepared.headers.get("idempotency-key")).toMatch(UUID);
  });

  it.for<[unknown]>([[1], [""], [{}], [["a"]]])("is not %j", async ([value]) => {
    await using session = new Session();
    const options = { idempotencyKey: value } as RequestOptions;
    const error = await rejection(session.post("http://a.test/", options));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toMatch(/^idempotencyKey must be true, false, a key or null, not /);
  });

  it("of a session is no string: it would be one key for all requests", async () => {
    expect(() => new Session({ idempotencyKey: "k" as never })).toThrow(TypeError);
    await using session = new Session();
    expect(() => (session.idempotencyKey = "k" as never)).toThrow(TypeError);
  });
});
