/** Names that every object inherits are data like others, wherever they come from; what is inherited is no option. */
import { describe, expect, it } from "vitest";
import {
  AuthByOrigin,
  CookieJar,
  HttpAdapter,
  HttpBearerAuth,
  HstsStore,
  Retry,
  Session,
  type RequestOptions,
  type SessionOptions,
} from "../../src/index.ts";
import { rejection } from "../support/messages.ts";
import { startOrigin, type TestOrigin } from "../support/origins.ts";

const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "prototype"] as const;

/** An object with a property of its own by that name, as `JSON.parse` makes it. */
function having<Value>(name: string, value: Value): Record<string, Value> {
  return Object.fromEntries([[name, value]]);
}

/** Options as plain JavaScript may pass them. */
function options(value: unknown): RequestOptions & SessionOptions {
  return value as RequestOptions & SessionOptions;
}

function listening(): Promise<TestOrigin> {
  return startOrigin((request, response) => {
    const name = request.url.slice(1).replace(/\?.*/, "");
    response.writeHead(200, { "Content-Type": "application/json", "Set-Cookie": `${name}=theirs` });
    response.end(`{"${name}": {"polluted": true}}`);
  });
}

describe("a name that every object has", () => {
  it.for(names)("goes out as it is in headers, params, forms, JSON, cookies and parts: %s", async (name) => {
    await using origin = await listening();
    await using session = new Session({ trustEnv: false, headers: having(name, "of the session") });
    session.params = having(name, "of the session");
    await session.post(`${origin.url}/x`, { data: having(name, "form") });
    await session.post(`${origin.url}/x`, {
      json: having(name, "json"),
      params: having(name, "own"),
      cookies: having(name, "own"),
    });
    await session.post(`${origin.url}/x`, { files: having(name, "file"), headers: having(name, null) });
    const [form, json, files] = origin.arrived;
    expect(form).toMatchObject({ url: `/x?${name}=of+the+session`, body: `${name}=form` });
    expect(form?.rawHeaders).toContain(name);
    expect(json).toMatchObject({ url: `/x?${name}=own`, body: `{"${name}":"json"}` });
    expect(json?.headers.cookie).toContain(`${name}=own`);
    expect(files?.body).toContain(`name="${name}"`);
    expect(files?.rawHeaders).not.toContain(name);
  });

  it.for(names)("comes in as data from a server: %s", async (name) => {
    await using origin = await listening();
    await using session = new Session({ trustEnv: false });
    const response = await session.get(`${origin.url}/${name}`);
    expect(Object.entries(response.json<object>())).toEqual([[name, { polluted: true }]]);
    expect(session.cookies.get(name)).toBe("theirs");
    expect(response.cookies.get(name)).toBe("theirs");
    expect(Object.entries(JSON.parse(JSON.stringify(session.cookies.getDict())) as object)).toEqual([
      [name, "theirs"],
    ]);
    await session.get(`${origin.url}/${name}`);
    expect(origin.arrived[1]?.headers.cookie).toBe(`${name}=theirs`);
    expect("polluted" in {}).toBe(false);
  });

  it.for(names)("is no option: %s", async (name) => {
    const wrong = having(name, {});
    const makers: readonly (() => unknown)[] = [
      () => new Session(options(wrong)),
      () => new Session(options({ hooks: wrong })),
      () => new Session(options({ timeout: wrong })),
      () => new Session(options({ tls: wrong })),
      () => new Session(options({ cert: wrong })),
      () => new Session(options({ trustEnv: wrong })),
      () => new Session().scope("https://a.test", options(wrong)),
      () => new Retry(wrong),
      () => new HttpAdapter(wrong),
      () => new HttpBearerAuth(wrong as never),
      () => new AuthByOrigin(wrong as never),
      () => new CookieJar({}, wrong),
      () => new CookieJar().set("a", "1", wrong),
      () => CookieJar.fromJSON(wrong),
      () => HstsStore.fromJSON(wrong as never),
    ];
    for (const make of makers) expect(make, String(make)).toThrow(TypeError);
    await using session = new Session();
    expect(await rejection(session.get("http://a.test/", options(wrong)))).toBeInstanceOf(TypeError);
  });

  it.for(names)("is no scheme that a proxy is for: %s", async (name) => {
    await using origin = await listening();
    await using session = new Session({ trustEnv: false });
    const call = session.get(`${origin.url}/x`, { proxies: having(name, "http://127.0.0.1:1") });
    expect(
      await call.then(
        ({ status }) => status,
        (error: unknown) => error instanceof TypeError || error,
      ),
    ).toSatisfy((fate) => fate === 200 || fate === true);
  });
});

describe("what an object inherits", () => {
  it("is no option and no header", async () => {
    await using origin = await listening();
    expect(() => new Session(Object.create({ proxy: "http://127.0.0.1:1" }) as object)).toThrow(TypeError);
    await using session = new Session({ trustEnv: false });
    const options = Object.assign(Object.create({ auth: ["evil", "evil"], timeout: 1, json: {} }) as object, {
      data: { own: "2" },
    });
    await expect(session.post(`${origin.url}/x`, options)).rejects.toThrow(TypeError);
    await session.post(`${origin.url}/x`, {
      headers: Object.assign(Object.create({ "X-Evil": "1" }) as object, { own: "2" }),
      data: { own: "2" },
    });
    const [heard] = origin.arrived;
    expect(heard).toMatchObject({ method: "POST", url: "/x", body: "own=2" });
    expect(heard?.headers).toMatchObject({ own: "2" });
    expect(JSON.stringify(heard).toLowerCase()).not.toContain("evil");
  });

  it("is no field of a form, parameter or cookie: what is no plain record is refused", async () => {
    await using session = new Session({ trustEnv: false });
    const record = Object.assign(Object.create({ evil: "1" }) as object, { own: "2" });
    for (const name of ["params", "data", "cookies", "files"]) {
      const error = await rejection(session.post("http://a.test/", options({ [name]: record })));
      expect(error).toBeInstanceOf(TypeError);
      expect(String(error)).toContain(name);
    }
  });
});
