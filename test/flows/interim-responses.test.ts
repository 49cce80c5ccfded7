import { once } from "node:events";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";

import { Session, type InterimResponse, type PreparedRequest } from "../../src/index.ts";
import { Authority } from "../support/certificates.ts";
import { rejection } from "../support/messages.ts";
import { answering, ok, scriptedServer } from "../support/scripted-server.ts";

const HINTS = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nLink: </b.js>; rel=preload\r\n\r\n";
const PROCESSING = "HTTP/1.1 102 Processing\r\n\r\n";

describe("the informational hook", () => {
  it("hears of interim responses in order, with their fields, before the response", async () => {
    await using server = await scriptedServer(answering(() => PROCESSING + HINTS + HINTS + ok("done")));
    const heard: string[] = [];
    await using session = new Session({
      trustEnv: false,
      hooks: {
        informational: ({ status, headers }: InterimResponse, request: PreparedRequest) =>
          void heard.push(`${status} ${request.url} ${headers.getAll("link").length}`),
        response: () => void heard.push("response"),
      },
    });
    const response = await session.get(server.url);
    expect(response.text()).toBe("done");
    expect(response.headers.has("link")).toBe(false);
    expect(heard).toEqual([
      `102 ${server.url}/ 0`,
      `103 ${server.url}/ 2`,
      `103 ${server.url}/ 2`,
      "response",
    ]);
  });

  it("hears of a 100 that nobody waited for", async () => {
    await using server = await scriptedServer(answering(() => `HTTP/1.1 100 Continue\r\n\r\n${ok()}`));
    const heard: number[] = [];
    await using session = new Session({ trustEnv: false });
    await session.get(server.url, { hooks: { informational: ({ status }) => void heard.push(status) } });
    expect(heard).toEqual([100]);
  });

  it.for([
    [
      "throws",
      () => {
        throw new Error("mine");
      },
    ],
    ["rejects", () => Promise.reject(new Error("mine"))],
  ] as const)("that %s fails the request with its error, as it is", async ([, hook]) => {
    await using server = await scriptedServer(answering(() => HINTS + ok()));
    await using session = new Session({ trustEnv: false, hooks: { informational: hook } });
    expect(await rejection(session.get(server.url))).toMatchObject({ name: "Error", message: "mine" });
  });

  it("is waited for, as all hooks are", async () => {
    await using server = await scriptedServer(answering(() => HINTS + ok("done")));
    const order: string[] = [];
    const slow = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push("hook");
    };
    await using session = new Session({ trustEnv: false, hooks: { informational: slow } });
    await session.get(server.url);
    order.push("response");
    expect(order).toEqual(["hook", "response"]);
  });

  it("hears of them over HTTP/2, too", async () => {
    const authority = await Authority.create();
    const server = createSecureServer(await authority.issue({ addresses: ["127.0.0.1"] }));
    server.on("stream", (stream) => {
      stream.additionalHeaders({ ":status": 103, link: "</a.css>; rel=preload" });
      stream.respond({ ":status": 200 });
      stream.end("done");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const heard: string[] = [];
    const session = new Session({ http2: true, verify: authority.pem, trustEnv: false });
    const hooks = {
      informational: ({ status, headers }: InterimResponse) =>
        void heard.push(`${status} ${headers.get("link")}`),
    };
    expect(await session.get(`https://127.0.0.1:${port}/`, { hooks }).text()).toBe("done");
    expect(heard).toEqual(["103 </a.css>; rel=preload"]);
    await session.close();
    server.close();
  });
});
