/** What fetch gives: the same questions to Node's own fetch and to toFetch(), the same answers. */
import { setTimeout as wait } from "node:timers/promises";
import { createHash } from "node:crypto";

import { ask, seen, told, type Asking, type Question } from "../support/fetch-contract.ts";

const post = { method: "POST", body: "x" } as const;

/** Its pieces; Node's types know nothing of them. */
function piecesOf({ body }: Response): AsyncIterable<Uint8Array<ArrayBuffer>> {
  return (body ?? new ReadableStream()) as AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/** All ways to read a body. */
const readings: Readonly<Record<string, (response: Response) => Promise<unknown>>> = {
  text: (response) => response.text(),
  bytes: async (response) => (await response.bytes()).byteLength,
  arrayBuffer: async (response) => (await response.arrayBuffer()).byteLength,
  blob: async (response) => (await response.blob()).size,
  json: (response) => response.json(),
  formData: async (response) => [...(await response.formData())],
  "a reader": (response) => drained(response.body?.getReader()),
  "async iteration": async (response) => {
    let bytes = 0;
    for await (const piece of piecesOf(response)) bytes += piece.byteLength;
    return bytes;
  },
  pipeTo: async (response) => {
    let bytes = 0;
    await response.body?.pipeTo(
      new WritableStream({ write: (piece: Uint8Array) => void (bytes += piece.byteLength) }),
    );
    return bytes;
  },
  "a byob reader": async (response) => {
    const reader = response.body?.getReader({ mode: "byob" });
    let bytes = 0;
    for (;;) {
      const { done, value } = (await reader?.read(new Uint8Array(7))) ?? { done: true, value: undefined };
      if (done) return bytes;
      bytes += value.byteLength;
    }
  },
  "another Response": (response) => new Response(response.body).text(),
  "a clone": (response) => response.clone().text(),
  "both sides of a tee": async (response) => {
    const sides = response.body?.tee() ?? [];
    return await Promise.all(sides.map((side) => new Response(side).text()));
  },
  "a decoder of text": async (response) => {
    let text = "";
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += piece;
    return text;
  },
};

async function drained(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<number> {
  let bytes = 0;
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) return bytes;
    bytes += value.byteLength;
  }
}

/** What went wrong, as far as programs look at it: an error of a class, or the very reason that they gave. */
async function failure(pending: Promise<unknown>, reason?: unknown): Promise<unknown> {
  try {
    return { gave: await pending };
  } catch (error) {
    if (error === reason) return "the reason";
    return error instanceof Error
      ? [error.name, error instanceof TypeError && error.cause !== undefined]
      : error;
  }
}

function integrity(algorithm: string, text: string): string {
  return `${algorithm}-${createHash(algorithm).update(text).digest("base64")}`;
}

const questions: Record<string, Question> = {
  "a Response": async ({ fetch, url }) => {
    const response = await fetch(`${url}/json`);
    const tag = Object.prototype.toString.call(response);
    return [
      response instanceof Response,
      response.constructor === Response,
      tag,
      response.headers instanceof Headers,
    ];
  },
  "a reason phrase": ({ fetch, url }) => seen(fetch(`${url}/reason`)),
  "a body that is empty": ({ fetch, url }) => seen(fetch(`${url}/empty`)),
  "the answer to HEAD": ({ fetch, url }) => seen(fetch(`${url}/json`, { method: "HEAD" })),
  "early hints before it": ({ fetch, url }) => seen(fetch(`${url}/hints`)),
  "headers that cannot be changed": async ({ fetch, url }) => {
    const { headers } = await fetch(`${url}/json`);
    const tries = [() => headers.set("a", "1"), () => headers.append("a", "1"), () => headers.delete("a")];
    return tries.map((change) => {
      try {
        return [change()];
      } catch (error) {
        return error instanceof TypeError;
      }
    });
  },
  "headers one by one": async ({ fetch, url }) => {
    const { headers } = await fetch(`${url}/cookies`);
    const own = ([name]: [string, string]): boolean => /^(?:x-|set-)/.test(name);
    return [[...headers].filter(own), headers.get("set-cookie"), headers.getSetCookie(), headers.has("X-A")];
  },
  "headers that are copied": async ({ fetch, url }) => {
    const copy = new Headers((await fetch(`${url}/cookies`)).headers);
    copy.set("x-a", "2");
    return [copy.get("x-a"), copy.getSetCookie()];
  },
  "a Response made of it": async ({ fetch, url }) => {
    const response = await fetch(`${url}/status/201`);
    return await seenOf(new Response(response.body, response));
  },
  "a body that was read": async ({ fetch, url }) => {
    const response = await fetch(`${url}/json`);
    const before = response.bodyUsed;
    await response.text();
    return [before, response.bodyUsed, await failure(response.text())];
  },
  "a body that somebody reads": async ({ fetch, url }) => {
    const response = await fetch(`${url}/json`);
    const reader = response.body?.getReader();
    const answers = [response.bodyUsed, await failure(response.text())];
    await reader?.cancel();
    return answers;
  },
  "a clone of what was read": async ({ fetch, url }) => {
    const response = await fetch(`${url}/json`);
    await response.text();
    return response.clone();
  },
  "a clone": async ({ fetch, url }) => {
    const response = await fetch(`${url}/redirect/302?to=/status/404`);
    const clone = response.clone();
    return [
      await seenOf(clone),
      await seenOf(response),
      await failure(Promise.resolve(clone.headers.set("a", "1"))),
    ];
  },
  "a clone of a clone": async ({ fetch, url }) => {
    const response = await fetch(`${url}/json`);
    const [one, two] = [response.clone(), response.clone().clone()];
    return [await one.json(), await two.json(), await response.json(), two.status, two.url === `${url}/json`];
  },
  "JSON that is none": async ({ fetch, url }) => (await fetch(`${url}/text/application%2Fjson`)).json(),
  "a form of many parts": async ({ fetch, url }) => [...(await (await fetch(`${url}/form`)).formData())],
  "a form of fields": async ({ fetch, url }) => [...(await (await fetch(`${url}/fields`)).formData())],
  "the type of a blob": async ({ fetch, url }) =>
    (await (await fetch(`${url}/text/Text%2FX-Own;a=b`)).blob()).type,
  "text in another charset": async ({ fetch, url }) =>
    (await fetch(`${url}/text/text%2Fplain;charset=latin1`)).text(),
  "a body that goes into another call": async ({ fetch, url }) => {
    const { body } = await fetch(`${url}/large/100000`);
    return await told(fetch(url, { method: "POST", body, duplex: "half" }));
  },
  "a body that is cancelled": async ({ fetch, url }) => {
    const response = await fetch(`${url}/head`);
    await response.body?.cancel();
    return [response.bodyUsed, await failure(response.text())];
  },
  "pieces that are given away": async ({ fetch, url }) => {
    const hash = createHash("sha1");
    for await (const piece of piecesOf(await fetch(`${url}/large/3000000`)))
      hash.update(structuredClone(piece, { transfer: [piece.buffer] }));
    return hash.digest("hex");
  },
  "what pieces are": async ({ fetch, url }) => {
    const kinds = new Set<unknown>();
    for await (const piece of piecesOf(await fetch(`${url}/large/3000000`)))
      kinds.add(piece.constructor === Uint8Array && piece.byteOffset === 0);
    return [...kinds];
  },
  "a server that says nothing": ({ fetch, url }) => failure(fetch(`${url}/gone`)),
  "a port that nobody listens on": ({ fetch }) => failure(fetch("http://127.0.0.1:1/")),
  "a redirect that is looked at": async ({ fetch, url }) => {
    const response = await fetch(`${url}/redirect/302?to=/echo`, { redirect: "manual" });
    return [response.headers.get("location"), await seenOf(response)];
  },
  "a redirect that is an error": ({ fetch, url }) =>
    fetch(`${url}/redirect/302?to=/echo`, { redirect: "error" }),
  "a redirect to nowhere that is an error": ({ fetch, url }) =>
    fetch(`${url}/redirect/302`, { redirect: "error" }),
  "no redirect where one is an error": ({ fetch, url }) => seen(fetch(`${url}/json`, { redirect: "error" })),
  "a redirect to nowhere": ({ fetch, url }) => seen(fetch(`${url}/redirect/302`)),
  "redirects without end": ({ fetch, url }) => failure(fetch(`${url}/loop`)),
  "a redirect to another scheme": ({ fetch, url }) =>
    failure(fetch(`${url}/redirect/302?to=ftp://127.0.0.1/`)),
  "a redirect to a data: URL": ({ fetch, url }) => failure(fetch(`${url}/redirect/302?to=data:,x`)),
  "a redirect to no URL": ({ fetch, url }) => failure(fetch(`${url}/redirect/302?to=http://`)),
  "the fragment of a redirect": async ({ fetch, url }) => {
    const { url: reached } = await fetch(`${url}/redirect/302?to=/json%23b`);
    return reached === `${url}/json`;
  },
  "Authorization at home": ({ fetch, url }) => redirected(fetch, `${url}/redirect/302?to=/echo`),
  "Authorization elsewhere": ({ fetch, url, other }) =>
    redirected(fetch, `${url}/redirect/302?to=${other}/echo`),
  "Authorization there and back": ({ fetch, url, other }) =>
    redirected(fetch, `${url}/redirect/302?to=${other}/redirect/302?to=${url}/echo`),
  "a redirect of a Request": ({ fetch, url }) =>
    told(fetch(new Request(`${url}/redirect/302?to=/echo`, post))),
  "how a Request follows": async ({ fetch, url }) =>
    (await fetch(new Request(`${url}/redirect/302?to=/echo`, { redirect: "manual" }))).status,
  "how a Request follows, and another way beside it": async ({ fetch, url }) =>
    (await fetch(new Request(`${url}/redirect/302?to=/echo`, { redirect: "manual" }), { redirect: "follow" }))
      .status,
  "text of a data: URL": ({ fetch }) => data(fetch, "data:text/plain,hello%20w%C3%B6rld"),
  "a data: URL without a type": ({ fetch }) => data(fetch, "data:,x"),
  "a data: URL of a charset": ({ fetch }) => data(fetch, "data:;charset=utf-8,%C3%A9"),
  "a data: URL with a type that is none": ({ fetch }) => data(fetch, "data:nonsense,x"),
  "a data: URL in base64": ({ fetch }) => data(fetch, "data:text/plain;base64,aGVsbG8="),
  "a data: URL in base64 without padding": ({ fetch }) => data(fetch, "data:text/plain; BASE64,aGVsbG8%3D"),
  "a data: URL in no base64": ({ fetch }) => data(fetch, "data:text/plain;base64,a"),
  "a data: URL without a comma": ({ fetch }) => data(fetch, "data:text/plain"),
  "a data: URL with a fragment": ({ fetch }) => data(fetch, "data:text/plain,a#b"),
  "a data: URL with percent signs": ({ fetch }) => data(fetch, "data:,100%,%zz,%4"),
  "a data: URL with parameters": ({ fetch }) => data(fetch, 'data:Text/HTML;A="b c";base64,eA'),
  "HEAD of a data: URL": ({ fetch }) => data(fetch, "data:,x", { method: "HEAD" }),
  "POST to a data: URL": ({ fetch }) => data(fetch, "data:,x", post),
  "a data: URL with its hash": ({ fetch }) => data(fetch, "data:,x", { integrity: integrity("sha256", "x") }),
  "a data: URL with another hash": ({ fetch }) =>
    data(fetch, "data:,x", { integrity: integrity("sha256", "y") }),
};

async function seenOf(response: Response): Promise<unknown> {
  const { path: _path, ...all } =
    response.url === "" ? { path: "", ...plain(response) } : await seen(Promise.resolve(response.clone()));
  return [all, await response.text()];
}

function plain({ status, statusText, ok, url, type }: Response): Record<string, unknown> {
  return { status, statusText, ok, url, type };
}

async function redirected(fetch: Asking["fetch"], url: string): Promise<unknown> {
  return told(fetch(url, { headers: { authorization: "Basic YTpi", cookie: "a=1" } }));
}

async function data(fetch: Asking["fetch"], url: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(url, init);
  const { status, statusText, type, url: reached, redirected: wasRedirected } = response;
  return {
    status,
    statusText,
    type,
    reached,
    wasRedirected,
    headers: [...response.headers],
    body: await response.text(),
  };
}

for (const status of [200, 201, 204, 205, 226, 300, 304, 305, 400, 401, 404, 418, 429, 500, 503, 599])
  questions[`the status ${status}`] = ({ fetch, url }) => seen(fetch(`${url}/status/${status}`));
for (const status of [301, 302, 303, 307, 308])
  for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "QUERY"]) {
    const body = method === "GET" || method === "HEAD" ? null : "x=1";
    const headers = { "content-language": "en", "x-own": "1" };
    questions[`${method} after ${status}`] = async ({ fetch, url }) => {
      const response = await fetch(`${url}/redirect/${status}?to=/echo`, { method, body, headers });
      return [response.redirected, method === "HEAD" ? response.status : await response.json()];
    };
  }
for (const status of [301, 302, 303, 307, 308])
  questions[`a stream after ${status}`] = ({ fetch, url }) => {
    const body = new Blob(["streamed"]).stream();
    return failure(
      told(fetch(`${url}/redirect/${status}?to=/echo`, { method: "POST", body, duplex: "half" })),
    );
  };
for (const coding of ["gzip", "br", "deflate", "zstd"])
  questions[`a body in ${coding}`] = async ({ fetch, url }) => (await fetch(`${url}/coded/${coding}`)).text();
for (const [name, read] of Object.entries(readings)) {
  questions[`a body as ${name}`] = async ({ fetch, url }) =>
    failure(read(await fetch(name === "formData" ? `${url}/form` : `${url}/json`)));
  questions[`no body as ${name}`] = async ({ fetch, url }) => failure(read(await fetch(`${url}/empty`)));
  for (const path of ["cut/length", "cut/chunks", "coded/broken"])
    questions[`${path} as ${name}`] = async ({ fetch, url }) => {
      const [kind] = [await failure(fetch(`${url}/${path}`).then(read))].flat();
      return kind;
    };
  questions[`an abort while it is read as ${name}`] = async ({ fetch, url }) => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const response = await fetch(`${url}/head`, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 5);
    return failure(read(response), reason);
  };
}
for (const [name, value] of [
  ["its sha256", integrity("sha256", '{"a":1}')],
  ["its sha384", integrity("sha384", '{"a":1}')],
  ["its sha512", integrity("sha512", '{"a":1}')],
  ["another hash", integrity("sha256", "other")],
  ["one of two hashes", `${integrity("sha256", "other")} ${integrity("sha256", '{"a":1}')}`],
  [
    "a weaker hash that fits and a stronger one that does not",
    `${integrity("sha256", '{"a":1}')} ${integrity("sha512", "other")}`,
  ],
  [
    "a stronger hash that fits and a weaker one that does not",
    `${integrity("sha512", '{"a":1}')} ${integrity("sha256", "other")}`,
  ],
  ["a hash with options", `${integrity("sha256", '{"a":1}')}?a`],
  ["no hash", ""],
  ["blanks for a hash", " \t"],
] as const) {
  questions[`a body with ${name}`] = ({ fetch, url }) => seen(fetch(`${url}/json`, { integrity: value }));
  questions[`a body with ${name} in a Request`] = ({ fetch, url }) =>
    seen(fetch(new Request(`${url}/json`, { integrity: value })));
}
questions["HEAD with a hash"] = ({ fetch, url }) =>
  fetch(`${url}/json`, { method: "HEAD", integrity: integrity("sha256", "") });
questions["a status without body with a hash"] = ({ fetch, url }) =>
  fetch(`${url}/status/204`, { integrity: integrity("sha256", "") });
questions["a coded body with its hash"] = ({ fetch, url }) =>
  seen(fetch(`${url}/coded/gzip`, { integrity: integrity("sha256", "decoded text ".repeat(50)) }));

/** No app's Response can have one, and Node's servers of HTTP/2 neither. */
const high: Record<string, Question> = {};
for (const status of [600, 700, 999])
  high[`the status ${status}`] = async ({ fetch, url }) => {
    const response = await fetch(`${url}/status/${status}`);
    const clone = response.clone();
    return [await seen(Promise.resolve(response)), clone.status, clone.ok, await clone.text()];
  };

const aborts: Record<string, Question> = {};
for (const [name, reason] of [
  ["no reason", undefined],
  ["an error", new Error("enough")],
  ["a text", "enough"],
] as const) {
  const abort = (controller: AbortController): void =>
    reason === undefined ? controller.abort() : controller.abort(reason);
  aborts[`an abort before it, for ${name}`] = ({ fetch, url }) => {
    const controller = new AbortController();
    abort(controller);
    return failure(fetch(url, { signal: controller.signal }), reason);
  };
  aborts[`an abort before the head, for ${name}`] = ({ fetch, url }) => {
    const controller = new AbortController();
    const pending = fetch(`${url}/never`, { signal: controller.signal });
    setTimeout(() => abort(controller), 5);
    return failure(pending, reason);
  };
  aborts[`an abort of a Request, for ${name}`] = ({ fetch, url }) => {
    const controller = new AbortController();
    const request = new Request(`${url}/never`, { signal: controller.signal, ...post });
    setTimeout(() => abort(controller), 5);
    return failure(fetch(request), reason);
  };
  aborts[`an abort before a small body is read, for ${name}`] = async ({ fetch, url }) => {
    const controller = new AbortController();
    const response = await fetch(`${url}/json`, { signal: controller.signal });
    await wait(20);
    abort(controller);
    await wait(5);
    return failure(response.text(), reason);
  };
  aborts[`an abort when all was read, for ${name}`] = async ({ fetch, url }) => {
    const controller = new AbortController();
    const text = await (await fetch(`${url}/json`, { signal: controller.signal })).text();
    abort(controller);
    return text;
  };
}
aborts["an abort before it, and a stream"] = async ({ fetch, url }) => {
  let cancelled: unknown = "no";
  const body = new ReadableStream({ cancel: (reason) => void (cancelled = reason) });
  const signal = AbortSignal.abort("enough");
  const came = await failure(fetch(url, { method: "POST", body, duplex: "half", signal }), "enough");
  return [came, cancelled];
};
aborts["an abort before it, and a stream in a Request"] = async ({ fetch, url }) => {
  let cancelled: unknown = "no";
  const body = new ReadableStream({ cancel: (reason) => void (cancelled = reason) });
  const request = new Request(url, { method: "POST", body, duplex: "half" });
  const came = await failure(fetch(request, { signal: AbortSignal.abort("enough") }), "enough");
  await wait(5);
  return [came, cancelled];
};
aborts["an abort before it, and something wrong"] = ({ fetch }) =>
  failure(fetch("http://", { signal: AbortSignal.abort("enough") }), "enough");
aborts["a signal of a Request, and none beside it"] = ({ fetch, url }) => {
  const request = new Request(url, { signal: AbortSignal.abort("enough") });
  return told(fetch(request, { signal: null }));
};
aborts["time that is over"] = ({ fetch, url }) =>
  failure(fetch(`${url}/never`, { signal: AbortSignal.timeout(20) }));

ask("what fetch gives", { ...questions, ...high }, "HTTP/1.1");
ask("what fetch gives", questions, "HTTP/2");
ask("what fetch gives", questions, "an app");
ask("what aborts do", aborts, "HTTP/1.1");
ask("what aborts do", aborts, "HTTP/2");
ask("what aborts do", aborts, "an app");
