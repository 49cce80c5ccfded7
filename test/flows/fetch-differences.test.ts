/** Where toFetch() and Node's own fetch differ on purpose: each is shown, and is in the list of the guide. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

import { MockAgent, fetch as undiciFetch } from "undici";

import { HeaderMap, Session, toFetch, wireResponse, type Adapter } from "../../src/index.ts";
import { outcomeOf, seen, told, type Difference } from "../support/fetch-contract.ts";
import { startContractServer } from "../support/fetch-contract-server.ts";
import { reply, startOrigin } from "../support/origins.ts";

const post = { method: "POST" } as const;

/** What `https://one.test/` gets after a redirect from `http://one.test/`. */
async function overAdapter(headers: Record<string, string>): Promise<HeaderMap> {
  let arrived = new HeaderMap();
  await using session = new Session({ trustEnv: false });
  const adapter: Adapter = {
    send: async (request) => {
      arrived = request.headers;
      const isPlain = request.url.startsWith("http:");
      return wireResponse(
        isPlain ? { status: 302, headers: { Location: "https://one.test/" } } : { status: 200 },
      );
    },
    close: async () => {},
  };
  session.mount("http://", adapter).mount("https://", adapter);
  await toFetch(session)("http://one.test/", { headers });
  return arrived;
}

function redirects(count: number): string {
  return `${"/redirect/302?to=".repeat(count)}/json`;
}

const differences: readonly Difference[] = [
  {
    name: "What the session adds",
    session: () => ({ headers: { "X-Own": "1" }, auth: ["a", "b"] }),
    ask: async ({ fetch, url }) => (await told(fetch(url)))["headers"],
    fetch: {},
    ours: { "x-own": "1", authorization: "Basic YTpi" },
  },
  {
    name: "Cookies",
    ask: async ({ fetch, url }) => {
      await (await fetch(`${url}/cookies`, { credentials: "omit" })).text();
      return (await told(fetch(url)))["headers"];
    },
    fetch: {},
    ours: { cookie: "a=1; b=2" },
  },
  {
    name: "Relative URLs",
    session: (url) => ({ baseUrl: url }),
    ask: async ({ fetch }) => (await fetch("/json")).status,
    fetch: { fails: "TypeError" },
    ours: 200,
  },
  {
    name: "Fields of the caller elsewhere",
    ask: async ({ fetch, url, other }) =>
      (await told(fetch(`${url}/redirect/302?to=${other}/echo`, { headers: { "X-Api-Key": "1" } })))[
        "headers"
      ],
    fetch: { "x-api-key": "1" },
    ours: {},
  },
  {
    name: "From `http://host` to `https://host`",
    ask: async ({ fetch: asked }) => {
      const init = { headers: { Authorization: "Bearer t" } };
      if (asked !== fetch) return (await overAdapter(init.headers)).get("authorization");
      // Node's fetch is undici's, of which only this one can be told where to connect.
      const agent = new MockAgent();
      agent.disableNetConnect();
      agent
        .get("http://one.test")
        .intercept({ path: "/" })
        .reply(302, "", { headers: { location: "https://one.test/" } });
      agent
        .get("https://one.test")
        .intercept({ path: "/" })
        .reply(200, ({ headers }) => JSON.stringify([...new Headers(headers as Record<string, string>)]));
      const response = await undiciFetch("http://one.test/", { ...init, dispatcher: agent });
      return new Headers((await response.json()) as [string, string][]).get("authorization");
    },
    fetch: null,
    ours: "Bearer t",
  },
  {
    name: "User and password in a `Location`",
    ask: async ({ fetch, url }) =>
      (await told(fetch(`${url}/redirect/302?to=${url.replace("//", "//user:pw@")}/echo`)))["headers"],
    fetch: { fails: "TypeError" },
    ours: {},
  },
  {
    name: "Redirects",
    ask: async ({ fetch, url }) => (await fetch(url + redirects(25))).status,
    fetch: { fails: "TypeError" },
    ours: 200,
  },
  {
    name: "Status 407",
    ask: async ({ fetch, url }) => (await seen(fetch(`${url}/status/407`)))["body"],
    fetch: { fails: "TypeError" },
    ours: "text",
  },
  {
    name: "Content codings that break off",
    ask: async ({ fetch, url }) => (await fetch(`${url}/coded/cut`)).text(),
    fetch: "decoded t",
    ours: { fails: "TypeError" },
  },
  {
    name: "`Content-Length: 0`",
    ask: async ({ fetch, url }) => (await told(fetch(url, { method: "DELETE" })))["headers"],
    fetch: {},
    ours: { "content-length": "0" },
  },
  {
    name: "A stream in a `Request`",
    ask: async ({ fetch, url }) => {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new Uint8Array(2));
          controller.close();
        },
      });
      return (await told(fetch(new Request(url, { ...post, body, duplex: "half" }))))["headers"];
    },
    fetch: { "transfer-encoding": "chunked" },
    ours: { "content-length": "2" },
  },
  {
    name: "Objects as a body",
    ask: async ({ fetch, url }) => (await told(fetch(url, { ...post, body: {} as string })))["body"],
    fetch: "[object Object]",
    ours: { fails: "TypeError" },
  },
  {
    name: "`integrity`",
    ask: async ({ fetch, url }) => (await fetch(`${url}/json`, { integrity: "md5-abc" })).status,
    fetch: 200,
    ours: { fails: "TypeError" },
  },
  {
    name: "`blob:` URLs",
    ask: async ({ fetch }) => (await fetch(URL.createObjectURL(new Blob(["x"])))).text(),
    fetch: "x",
    ours: { fails: "TypeError" },
  },
  {
    name: "`data:` URLs",
    session: () => ({ maxBodyBytes: 3 }),
    ask: async ({ fetch }) => [(await fetch("data:,abc")).status, await (await fetch("data:,abcd")).text()],
    fetch: [200, "abcd"],
    ours: { fails: "TypeError" },
  },
  {
    name: "`dispatcher`",
    ask: async ({ fetch, url }) => {
      let isAsked = false;
      const dispatch = (): never => {
        isAsked = true;
        throw new Error("no");
      };
      await fetch(url, { dispatcher: { dispatch } } as unknown as RequestInit).catch(() => undefined);
      return isAsked;
    },
    fetch: true,
    ours: false,
  },
  {
    name: "`cache` and `referrer`",
    ask: async ({ fetch }) => {
      await using origin = await startOrigin(reply(200));
      await fetch(origin.url, { cache: "no-store", referrer: `${origin.url}/here` });
      await fetch(origin.url, { headers: { "If-None-Match": '"x"' } });
      return origin.arrived.map(({ headers }) => [
        headers["cache-control"],
        headers["pragma"],
        headers["referer"]?.slice(-5),
      ]);
    },
    fetch: [
      ["no-cache", "no-cache", "/here"],
      ["no-cache", "no-cache", undefined],
    ],
    ours: [
      [undefined, undefined, undefined],
      [undefined, undefined, undefined],
    ],
  },
  {
    name: "`Content-Length` of the caller",
    ask: async ({ fetch, url }) =>
      (await told(fetch(url, { ...post, body: "abc", headers: { "Content-Length": "5" } })))["body"],
    fetch: { fails: "TypeError" },
    ours: "abc",
  },
  {
    name: "`Proxy-Authorization` of the caller",
    ask: async ({ fetch }) => {
      await using origin = await startOrigin(reply(200));
      await fetch(origin.url, { headers: { "Proxy-Authorization": "x" } });
      return origin.arrived[0]?.headers["proxy-authorization"];
    },
    fetch: "x",
    ours: undefined,
  },
  {
    name: "Status 421",
    ask: async ({ fetch }) => {
      await using origin = await startOrigin(reply(421));
      return [(await fetch(origin.url)).status, origin.arrived.length];
    },
    fetch: [421, 2],
    ours: [421, 1],
  },
  {
    name: "Several different `Location` fields",
    ask: async ({ fetch }) => {
      await using origin = await startOrigin((request, response) => {
        if (request.url === "/") reply(302, { Location: ["/a", "/b"] })(request, response);
        else reply(200)(request, response);
      });
      return new URL((await fetch(origin.url)).url).pathname;
    },
    fetch: "/a,%20/b",
    ours: { fails: "TypeError" },
  },
  {
    name: "Fields about the connection",
    ask: async ({ fetch, url }) => (await told(fetch(url, { headers: { "Keep-Alive": "5" } })))["method"],
    fetch: { fails: "TypeError" },
    ours: "GET",
  },
  {
    name: "What a hook throws",
    session: () => ({
      hooks: {
        response: () => {
          throw new RangeError("of the hook");
        },
      },
    }),
    ask: async ({ fetch, url }) => (await fetch(url)).status,
    fetch: 200,
    ours: { fails: "RangeError" },
  },
];

describe("toFetch() differs from fetch in", () => {
  it.for(differences.map((one) => [one.name, one] as const))("%s", async ([, one]) => {
    await using server = await startContractServer();
    const { url, other } = server;
    await using session = new Session({ trustEnv: false, ...one.session?.(url) });
    expect(one.ours).not.toEqual(one.fetch);
    expect(await outcomeOf(one.ask, { fetch, url, other })).toEqual(one.fetch);
    expect(await outcomeOf(one.ask, { fetch: toFetch(session), url, other })).toEqual(one.ours);
  });

  it("nothing else, and the guide has all of it", async () => {
    const page = await readFile(new URL("../../docs/12-fetch.md", import.meta.url), "utf8");
    const [, list = ""] = page.split("\n## Where it differs\n");
    const rows = [...list.matchAll(/^\| (.+?) \|/gm)].map(([, name = ""]) => name);
    expect(rows.slice(2)).toEqual(differences.map(({ name }) => name));
  });
});
