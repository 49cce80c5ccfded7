/** @octokit/rest: retries and timeouts are plugins; here they are the session's. */
import assert from "node:assert/strict";
import { Octokit } from "@octokit/rest";
import { RequestError } from "@octokit/request-error";

import { toFetch } from "../../src/index.ts";
import { json } from "./answers.ts";
import { REFUSAL, type Api } from "./far-side.ts";
import { at, faultOf, last, openSession, PATIENT } from "./shared-checks.ts";
import type { Subject } from "./subject.ts";

const PAGES = 5;
const TAG = '"v1"';
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

const api: Api = (seen, response) => {
  const { method, path, headers, body } = seen;
  const url = new URL(path, "http://api.test");
  if (method === "POST" && url.pathname.endsWith("/issues")) {
    json(response, { number: 1, title: (JSON.parse(body.toString()) as { title: string }).title }); // octokit wrote it
  } else if (url.pathname.endsWith("/issues")) {
    const page = Number(url.searchParams.get("page") ?? 1);
    const next = `<http://${headers.host ?? headers[":authority"]?.toString() ?? ""}/plain${url.pathname}?page=${page + 1}>; rel="next"`;
    const link = next.replace(
      "http://",
      response.req.socket !== null && "encrypted" in response.req.socket ? "https://" : "http://",
    );
    json(response, [{ number: page }], page < PAGES ? { link } : {});
  } else if (url.pathname.includes("/releases/")) {
    json(response, { size: body.length, type: headers["content-type"] });
  } else if (headers["if-none-match"] === TAG) {
    response.writeHead(304, { etag: TAG }).end();
  } else {
    json(response, { name: "r" }, { etag: TAG });
  }
};

export const subject: Subject = {
  name: "@octokit/rest",
  api,
  open({ fetch, url: baseUrl }) {
    const octokit = new Octokit({ baseUrl, auth: "of-octokit", request: { fetch } });
    Object.assign(octokit.log, SILENT);
    return {
      async call(text, signal) {
        const request = signal === undefined ? {} : { request: { fetch, signal } };
        const { data } = await octokit.rest.issues.create({ owner: "o", repo: "r", title: text, ...request });
        return data.title;
      },
    };
  },
  faults: {
    status: (error, status) => error instanceof RequestError && error.status === status,
    body: (error) =>
      error instanceof RequestError && JSON.stringify(error.response?.data) === JSON.stringify(REFUSAL),
    connection: (error) =>
      error instanceof RequestError && error.status === 500 && error.response === undefined,
    timeout: (error) => error instanceof DOMException && error.name === "TimeoutError",
    abort: (error) => error instanceof DOMException && error.name === "AbortError",
  },
  retries: false,
  timeouts: false,
  // It takes what came for the whole.
  tellsBrokenBodies: false,
  authorization: "token of-octokit",
  checks: {
    "all pages, by Link": async (ground) => {
      await using session = openSession(ground);
      const octokit = new Octokit({ baseUrl: at(ground.far, "plain"), request: { fetch: toFetch(session) } });
      const issues = await octokit.paginate(octokit.rest.issues.listForRepo, { owner: "o", repo: "r" });
      assert.deepEqual(
        issues.map(({ number }) => number),
        [1, 2, 3, 4, 5],
      );
      assert.equal(last(ground.far).headers.cookie, "visit=1");
    },

    "a conditional request: 304 is an error of octokit's": async (ground) => {
      await using session = openSession(ground);
      const octokit = new Octokit({
        baseUrl: at(ground.far, "plain"),
        request: { fetch: toFetch(session) },
        log: SILENT,
      });
      const { headers } = await octokit.rest.repos.get({ owner: "o", repo: "r" });
      const error = await faultOf(
        octokit.rest.repos.get({ owner: "o", repo: "r", headers: { "if-none-match": headers.etag ?? "" } }),
      );
      assert.ok(error instanceof RequestError && error.status === 304);
    },

    "an asset of a release, sent again by the session": async (ground) => {
      await using session = openSession(ground, { retry: PATIENT });
      const octokit = new Octokit({
        baseUrl: at(ground.far, "flaky"),
        request: { fetch: toFetch(session) },
        log: SILENT,
      });
      const data = Buffer.alloc(300_000, "asset");
      const answer = await octokit.rest.repos.uploadReleaseAsset({
        baseUrl: at(ground.far, "flaky"),
        owner: "o",
        repo: "r",
        release_id: 1,
        name: "a.bin",
        // octokit's types say text, its guide says bytes
        data: data as unknown as string,
        headers: { "content-type": "application/octet-stream" },
      });
      assert.equal(answer.data.size, data.length);
      const [first, second] = ground.far.seen;
      assert.equal(second?.headers["content-length"], String(data.length));
      assert.deepEqual([first?.body, second?.body], [data, data]);
    },
  },
};
