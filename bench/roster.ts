/** Who takes part: each client, what its users import, and what it can do. */
import type { Skill } from "./workloads.ts";

/** One client. */
export interface Contender {
  readonly name: string;
  readonly kind: "sojourn" | "peer" | "floor";
  /** Its file, relative to this folder. Python's ends in `.py`. */
  readonly module: string;
  /** What a program imports to use it; `fetch` is the one that is in Node. */
  readonly imports: readonly string[];
  readonly skills: readonly Skill[];
}

const MESSAGES = ["get", "post", "tls"] as const;
const BODIES = ["stream", "bytes", "upload"] as const;
/** Many connections: new ones all the time, or thousands that are open. */
const CONNECTIONS = ["closing", "many"] as const;
const SESSION = ["connect", "session", "import"] as const;

/** All of them, in the order of the first round. */
export const roster: readonly Contender[] = [
  {
    name: "sojourn",
    kind: "sojourn",
    module: "./clients/sojourn.ts",
    imports: ["../dist/src/index.js"],
    skills: [
      ...MESSAGES,
      ...CONNECTIONS,
      ...BODIES,
      ...SESSION,
      "cookies",
      "redirect",
      "http2",
      "gzip",
      "jar",
    ],
  },
  {
    // Beside those with cookies: what a jar costs.
    name: "sojourn, no cookies",
    kind: "sojourn",
    module: "./clients/sojourn-no-cookies.ts",
    imports: ["../dist/src/index.js"],
    skills: ["cookies"],
  },
  {
    name: "undici.request",
    kind: "peer",
    module: "./clients/undici-request.ts",
    imports: ["undici"],
    // It has no jar: beside those with cookies it runs without, to compare with.
    skills: [...MESSAGES, ...CONNECTIONS, ...BODIES, ...SESSION, "cookies", "redirect", "http2", "gzip"],
  },
  {
    name: "undici.stream",
    kind: "peer",
    module: "./clients/undici-stream.ts",
    imports: ["undici"],
    skills: ["stream"],
  },
  {
    name: "undici.fetch",
    kind: "peer",
    module: "./clients/undici-fetch.ts",
    imports: ["undici"],
    skills: [...MESSAGES, ...BODIES, "connect", "session", "redirect", "http2", "gzip"],
  },
  {
    name: "fetch",
    kind: "peer",
    module: "./clients/node-fetch.ts",
    imports: ["fetch"],
    skills: [...MESSAGES, ...BODIES, "import", "redirect", "gzip"],
  },
  {
    name: "node:http",
    kind: "peer",
    module: "./clients/node-http.ts",
    imports: ["node:http", "node:https"],
    skills: [...MESSAGES, ...BODIES, ...SESSION, "closing"],
  },
  {
    name: "got",
    kind: "peer",
    module: "./clients/got.ts",
    imports: ["got"],
    skills: [...MESSAGES, ...BODIES, ...SESSION, "redirect", "http2", "gzip"],
  },
  {
    name: "axios",
    kind: "peer",
    module: "./clients/axios.ts",
    imports: ["axios"],
    skills: [...MESSAGES, ...BODIES, ...SESSION, "redirect", "gzip"],
  },
  {
    name: "ky",
    kind: "peer",
    module: "./clients/ky.ts",
    imports: ["ky"],
    skills: [...MESSAGES, ...BODIES, "session", "import", "redirect", "gzip"],
  },
  {
    name: "fetch-cookie",
    kind: "peer",
    module: "./clients/fetch-cookie.ts",
    imports: ["fetch-cookie", "tough-cookie", "fetch"],
    skills: ["cookies", "redirect", "session", "import"],
  },
  {
    name: "got + tough-cookie",
    kind: "peer",
    module: "./clients/got-cookies.ts",
    imports: ["got", "tough-cookie"],
    skills: [...SESSION, "cookies", "redirect"],
  },
  {
    name: "axios + tough-cookie",
    kind: "peer",
    module: "./clients/axios-cookies.ts",
    imports: ["axios", "axios-cookiejar-support", "tough-cookie"],
    skills: [...SESSION, "cookies", "redirect"],
  },
  {
    name: "tough-cookie",
    kind: "peer",
    module: "./clients/tough-cookie.ts",
    imports: ["tough-cookie"],
    skills: ["jar"],
  },
  {
    name: "requests (Python)",
    kind: "peer",
    module: "./clients/python_requests.py",
    imports: ["requests"],
    skills: [...MESSAGES, ...BODIES, ...SESSION, "cookies", "redirect", "gzip"],
  },
  {
    name: "bare dispatch",
    kind: "floor",
    module: "./clients/dispatch.ts",
    imports: ["undici"],
    skills: [...MESSAGES, ...BODIES],
  },
  {
    name: "raw socket",
    kind: "floor",
    module: "./clients/raw-socket.ts",
    imports: [],
    skills: [...MESSAGES, ...CONNECTIONS, ...BODIES],
  },
  {
    name: "node:http2",
    kind: "floor",
    module: "./clients/node-http2.ts",
    imports: ["node:http2"],
    skills: ["http2"],
  },
];
