/** What fetch sends: the same questions to Node's own fetch and to toFetch(), the same answers. */
import { Readable } from "node:stream";
import vm from "node:vm";

import { ask, told, type Question } from "../support/fetch-contract.ts";

const post = { method: "POST" } as const;
const half = { method: "POST", duplex: "half" } as const;

function streamOf(...pieces: (string | number | null)[]): ReadableStream {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) {
        controller.enqueue(typeof piece === "string" ? new TextEncoder().encode(piece) : piece);
      }
      controller.close();
    },
  });
}

function form(): FormData {
  const made = new FormData();
  made.append("a", "1");
  made.append("file", new File(["content"], "name.txt", { type: "text/plain" }));
  return made;
}

/** Lines of text, as people have them. */
function lines(): FormData {
  const made = new FormData();
  made.append("a", "1\n2\r\n3\r4\n\r5");
  made.append("b", new File(["1\n2"], "name.txt"));
  return made;
}

/** The linter knows that it is wrong, where it sees it. */
function withBody(method: string, body: string | null): RequestInit {
  return { method, body };
}

/** The same body, given to fetch and to a Request. */
const bodies: Readonly<Record<string, () => NonNullable<RequestInit["body"]>>> = {
  text: () => "text é",
  "no text": () => "",
  bytes: () => new Uint8Array([97, 98]),
  "a part of bytes": () => new Uint8Array([97, 98, 99, 100]).subarray(1, 3),
  "a view": () => new DataView(new Uint8Array([97, 98]).buffer),
  "a buffer": () => new Uint8Array([97, 98]).buffer,
  "a Buffer": () => Buffer.from("ab"),
  "a blob": () => new Blob(["ab"], { type: "text/x-blob" }),
  "a blob without type": () => new Blob(["ab"]),
  "a form": () => new URLSearchParams({ a: "b c", d: "é" }),
  "a form with a file": form,
  "a form with lines": lines,
  "a million bytes": () => new Uint8Array(1_000_000).fill(97),
  "a blob of a million bytes": () => new Blob([new Uint8Array(1_000_000).fill(97)]),
  "a number": () => 5 as unknown as string,
  "a list": () => [1, 2] as unknown as string,
  "a buffer of another realm": () => vm.runInNewContext("new Uint8Array([97, 98]).buffer") as ArrayBuffer,
  "bytes of another realm": () => vm.runInNewContext("new Uint8Array([97, 98])") as Uint8Array<ArrayBuffer>,
};

const questions: Record<string, Question> = {
  "a string": ({ fetch, url }) => told(fetch(`${url}/a?b=c`)),
  "a URL": ({ fetch, url }) => told(fetch(new URL("/a?b=c", url))),
  "a Request": ({ fetch, url }) => told(fetch(new Request(`${url}/a`, { headers: { "x-a": "1" } }))),
  "an object with a text": ({ fetch, url }) =>
    told(fetch({ toString: () => `${url}/a` } as unknown as string)),
  "no argument": ({ fetch }) => (fetch as unknown as () => Promise<Response>)(),
  "a relative URL": ({ fetch }) => fetch("/a"),
  "no URL": ({ fetch }) => fetch("http://"),
  "user and password in the URL": ({ fetch, url }) => fetch(url.replace("//", "//user:pw@")),
  "a Request as options": ({ fetch, url }) =>
    told(fetch(`${url}/a`, new Request("http://x/", { method: "PUT", headers: { "x-a": "1" } }))),
  "options that are null": ({ fetch, url }) => told(fetch(url, null as unknown as RequestInit)),
  "options that are no object": ({ fetch, url }) => fetch(url, 5 as unknown as RequestInit),
  "options of a class": ({ fetch, url }) => {
    class Options {
      get method(): string {
        return "PUT";
      }
    }
    return told(fetch(url, new Options()));
  },
  "another scheme": ({ fetch }) => fetch("ftp://127.0.0.1/"),
  "a fragment": ({ fetch, url }) => told(fetch(`${url}/a#b`)),
  "a Request, and a method beside it": ({ fetch, url }) =>
    told(fetch(new Request(url, { ...post, body: "x" }), { method: "PUT" })),
  "a Request, and headers beside it": ({ fetch, url }) =>
    told(fetch(new Request(url, { headers: { "x-a": "1", "x-b": "1" } }), { headers: { "x-a": "2" } })),
  "a Request, and a body beside it": async ({ fetch, url }) => {
    const request = new Request(url, { ...post, body: "first" });
    return [await told(fetch(request, { ...post, body: "second" })), request.bodyUsed];
  },
  "a Request, and no body beside it": ({ fetch, url }) =>
    told(fetch(new Request(url, { ...post, body: "first" }), { body: null })),
  "a Request with a body, as GET": ({ fetch, url }) =>
    fetch(new Request(url, { ...post, body: "x" }), withBody("GET", null)),
  "a Request is used up": async ({ fetch, url }) => {
    const request = new Request(url, { ...post, body: "x" });
    await told(fetch(request));
    return [request.bodyUsed, await fetch(request).catch((error: unknown) => String(error).slice(0, 9))];
  },
  "a Request that was read": async ({ fetch, url }) => {
    const request = new Request(url, { ...post, body: "x" });
    await request.text();
    return fetch(request);
  },
  "a Request that somebody reads": ({ fetch, url }) => {
    const request = new Request(url, { ...post, body: "x" });
    request.body?.getReader();
    return fetch(request);
  },
  "a Request that was cloned": async ({ fetch, url }) => {
    const request = new Request(url, { ...post, body: "x" });
    return [await told(fetch(request.clone())), await told(fetch(request))];
  },
  "a GET with a body": ({ fetch, url }) => fetch(url, withBody("GET", "x")),
  "a HEAD with a body": ({ fetch, url }) => fetch(url, withBody("HEAD", "x")),
  "a GET with a body that is null": ({ fetch, url }) => told(fetch(url, withBody("GET", null))),
  "a stream": ({ fetch, url }) => told(fetch(url, { ...half, body: streamOf("a", "b") })),
  "a Request with a stream of text and views": async ({ fetch, url }) => {
    const body = ReadableStream.from(["é", new DataView(new ArrayBuffer(2)), new Uint16Array(1)]);
    return (await told(fetch(new Request(url, { ...half, body: body as ReadableStream }))))["body"];
  },
  "a stream without duplex": ({ fetch, url }) => fetch(url, { ...post, body: streamOf("a") }),
  "another duplex": ({ fetch, url }) =>
    fetch(url, { ...post, body: streamOf("a"), duplex: "full" as unknown as "half" }),
  "a stream that is to be kept alive": ({ fetch, url }) =>
    fetch(url, { ...half, body: streamOf("a"), keepalive: true }),
  "a stream that somebody reads": ({ fetch, url }) => {
    const body = streamOf("a");
    body.getReader();
    return fetch(url, { ...half, body });
  },
  "a stream that was read from": async ({ fetch, url }) => {
    const body = streamOf("a", "b");
    const reader = body.getReader();
    await reader.read();
    reader.releaseLock();
    return fetch(url, { ...half, body });
  },
  "an iterable": ({ fetch, url }) =>
    told(
      fetch(url, { ...half, body: Readable.from([Buffer.from("a"), Buffer.from("b")]) as unknown as string }),
    ),
  "an iterable without duplex": ({ fetch, url }) =>
    fetch(url, { ...post, body: Readable.from([Buffer.from("a")]) as unknown as string }),
  "bytes that are changed meanwhile": async ({ fetch, url }) => {
    const body = new Uint8Array([97, 98]);
    const pending = told(fetch(url, { ...post, body }));
    body.fill(120);
    return await pending;
  },
  "a type beside text": ({ fetch, url }) =>
    told(fetch(url, { ...post, body: "{}", headers: { "Content-Type": "application/json" } })),
  "a type beside a form": ({ fetch, url }) =>
    told(
      fetch(url, { ...post, body: new URLSearchParams("a=b"), headers: { "Content-Type": "text/x-own" } }),
    ),
  "a symbol": ({ fetch, url }) => fetch(url, { ...post, body: Symbol("a") as unknown as string }),
  keepalive: ({ fetch, url }) => told(fetch(url, { ...post, body: "x", keepalive: true })),
  "no referrer": ({ fetch, url }) => told(fetch(url, { referrer: "", referrerPolicy: "no-referrer" })),
  "a referrer that is no URL": ({ fetch, url }) => fetch(url, { referrer: "http://" }),
  "a referrer policy that is none": ({ fetch, url }) => fetch(url, { referrerPolicy: "none" as "origin" }),
  "a mode": ({ fetch, url }) => told(fetch(url, { mode: "cors" })),
  "the mode of navigation": ({ fetch, url }) => fetch(url, { mode: "navigate" }),
  "a mode that is none": ({ fetch, url }) => fetch(url, { mode: "none" as "cors" }),
  credentials: ({ fetch, url }) => told(fetch(url, { credentials: "include" })),
  "credentials that are none": ({ fetch, url }) => fetch(url, { credentials: "none" as "omit" }),
  "a cache that is none": ({ fetch, url }) => fetch(url, { cache: "none" as "default" }),
  "only from the cache": ({ fetch, url }) => fetch(url, { cache: "only-if-cached" }),
  "a redirect that is none": ({ fetch, url }) => fetch(url, { redirect: "none" as "follow" }),
  "a window": ({ fetch, url }) => fetch(url, { window: {} } as unknown as RequestInit),
  "a signal that is none": ({ fetch, url }) => fetch(url, { signal: {} as AbortSignal }),
  "a signal that is null": ({ fetch, url }) => told(fetch(url, { signal: null })),
  "options that fetch does not know": ({ fetch, url }) =>
    told(fetch(url, { agent: {}, timeout: 5 } as RequestInit)),
  "pairs of headers": ({ fetch, url }) =>
    told(
      fetch(url, {
        headers: [
          ["x-a", "1"],
          ["x-a", "2"],
        ],
      }),
    ),
  Headers: ({ fetch, url }) => told(fetch(url, { headers: new Headers({ "X-A": " 1 " }) })),
  "a name of a header that is none": ({ fetch, url }) => fetch(url, { headers: { "a b": "1" } }),
  "a value of a header with a line break": ({ fetch, url }) => fetch(url, { headers: { a: "1\r\nb: 2" } }),
  "a value of a header beyond bytes": ({ fetch, url }) => fetch(url, { headers: { "x-a": "€" } }),
  "a value of a header in latin-1": ({ fetch, url }) => told(fetch(url, { headers: { "x-a": "é" } })),
  "an empty value of a header": ({ fetch, url }) => told(fetch(url, { headers: { "x-a": "" } })),
  "the caller's Cookie": ({ fetch, url }) => told(fetch(url, { headers: { cookie: "a=1" } })),
  "the caller's Authorization": ({ fetch, url }) =>
    told(fetch(url, { headers: { authorization: "Basic YTpi" } })),
};

/** Servers of Node refuse some of them, and tell so over HTTP/1.1 only. */
const methods: Record<string, Question> = {};
for (const method of ["GET", "get", "Post", "put", "patch", "PATCH", "query", "CHICKEN", "chicken"])
  methods[`the method ${method}`] = ({ fetch, url }) => told(fetch(url, { method }));
for (const method of ["CONNECT", "trace", "TRACK", "", "a b", "GET\r\n"])
  questions[`the method ${JSON.stringify(method)}, which is none`] = ({ fetch, url }) =>
    fetch(url, { method });
for (const target of [
  "/a?x[0]=1|2",
  "/%7Ea/%7e/%zz",
  "/é?ü=ß#ö",
  "/q?",
  "/a/../b/./c",
  "/a b?c d",
  "//a//b",
  "/\\a",
  "/?'`{}^",
])
  questions[`the target ${target}`] = ({ fetch, url }) => told(fetch(url + target));
for (const [what, body] of Object.entries(bodies)) {
  questions[`a body of ${what}`] = ({ fetch, url }) => told(fetch(url, { ...post, body: body() }));
  questions[`a body of ${what} in a Request`] = ({ fetch, url }) =>
    told(fetch(new Request(url, { ...post, body: body() })));
  // Node's fetch sends a form that it sends again with another boundary than its header says.
  if (!what.startsWith("a form with"))
    questions[`a body of ${what}, again after 307`] = ({ fetch, url }) =>
      told(fetch(new Request(`${url}/redirect/307?to=/echo`, { ...post, body: body() })));
}

ask("what fetch sends", { ...questions, ...methods }, "HTTP/1.1");
ask("what fetch sends", questions, "HTTP/2");
ask("what fetch sends", { ...questions, ...methods }, "an app");
