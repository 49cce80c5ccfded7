/** A request that a response brought may be sent by hand: no secret goes further than following would have taken it. */
import { describe, expect, it } from "vitest";
import { Request, Session, wireResponse, type Adapter, type SendInit } from "../../src/index.ts";

/** Notes who was asked with which credentials; `http://one.test` redirects to `http://two.test`. */
function noting(heard: string[]): Adapter {
  return {
    async send({ url, headers }, { cert }) {
      const shown = [headers.get("authorization"), cert === null ? null : "certificate"];
      heard.push([new URL(url).host, ...shown.filter((part) => part !== null)].join(" "));
      return url.startsWith("http://one.test")
        ? wireResponse({ status: 302, headers: { Location: "http://two.test/" } })
        : wireResponse({ status: 200 });
    },
    async close() {},
  };
}

const credentials = { auth: ["user", "pass"], cert: "client.pem", trustEnv: false } as const;
const stay: SendInit = { allowRedirects: false };

describe("the credentials of a session", () => {
  it("do not go along when `next` is sent to another origin", async () => {
    const heard: string[] = [];
    await using session = new Session(credentials);
    session.mount("http://", noting(heard));
    const first = await session.get("http://one.test/", stay);
    expect(first.next?.url).toBe("http://two.test/");
    if (first.next !== null) await session.send(first.next);
    expect(heard).toEqual(["one.test Basic dXNlcjpwYXNz certificate", "two.test"]);
  });

  it("nor when the request of the last hop is sent again", async () => {
    const heard: string[] = [];
    await using session = new Session(credentials);
    session.mount("http://", noting(heard));
    const { request } = await session.get("http://one.test/");
    await session.send(request);
    expect(heard).toEqual(["one.test Basic dXNlcjpwYXNz certificate", "two.test", "two.test"]);
  });

  it("go along with a request that was prepared for their origin", async () => {
    const heard: string[] = [];
    await using session = new Session(credentials);
    session.mount("http://", noting(heard));
    await session.send(session.prepareRequest(new Request("GET", "http://three.test/")));
    expect(heard).toEqual(["three.test Basic dXNlcjpwYXNz certificate"]);
  });

  it("do not go along with a request that was prepared for elsewhere than the base URL", async () => {
    const heard: string[] = [];
    await using session = new Session({ ...credentials, baseUrl: "http://home.test/" });
    session.mount("http://", noting(heard));
    await session.send(session.prepareRequest(new Request("GET", "http://two.test/")));
    await session.send(session.prepareRequest(new Request("GET", "/")));
    expect(heard).toEqual(["two.test", "home.test Basic dXNlcjpwYXNz certificate"]);
  });
});
