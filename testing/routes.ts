/**
 * The table of all endpoints, and how a request finds its row.
 */
import { empty, escapeHtml, html, text } from "./answers.ts";
import { apiRoutes } from "./api.ts";
import { authRoutes } from "./auth.ts";
import type { BoundedMap } from "./bounded-map.ts";
import { cachingRoutes } from "./caching.ts";
import { cookieRoutes } from "./cookies.ts";
import { digestRoutes } from "./digest.ts";
import { documentRoutes } from "./documents.ts";
import { encodingRoutes } from "./encodings.ts";
import { GET } from "./exchange.ts";
import type { Answer, Route, TestRequest } from "./exchange.ts";
import { flakyRoutes } from "./flaky.ts";
import { inspectRoutes } from "./inspect.ts";
import { loginRoutes } from "./login.ts";
import { redirectRoutes } from "./redirects.ts";
import { responseHeaderRoutes } from "./response-headers.ts";
import { statusRoutes } from "./status.ts";
import { streamRoutes } from "./streams.ts";
import { timingRoutes } from "./timing.ts";

/** All routes, with fresh sessions, tokens and nonces; `/flaky` counts in `attempts`. */
export function createRoutes(attempts: BoundedMap<string, number>): readonly Route[] {
  const routes: readonly Route[] = [
    ...inspectRoutes,
    ...cookieRoutes,
    ...authRoutes,
    ...digestRoutes(),
    ...redirectRoutes,
    ...statusRoutes,
    ...timingRoutes,
    ...streamRoutes,
    ...encodingRoutes,
    ...cachingRoutes,
    ...documentRoutes,
    ...responseHeaderRoutes,
    ...loginRoutes(),
    ...apiRoutes(),
    ...flakyRoutes(attempts),
  ];
  return [{ methods: GET, pattern: "/", endpoint: () => listOf(routes) }, ...routes];
}

/** Answers `request` by the first row that fits: 404 without a path, 405 without the method, `OPTIONS` for all. */
export async function answerBy(routes: readonly Route[], request: TestRequest): Promise<Answer> {
  const matches = routes.flatMap((route) => {
    const params = matchPath(route.pattern, request.path);
    return params === null ? [] : [{ route, params }];
  });
  if (matches.length === 0) return text("Not Found\n", { status: 404 });

  const wanted = request.method === "HEAD" ? "GET" : request.method;
  const match = matches.find(({ route }) => route.methods.includes(wanted));
  if (match !== undefined) return match.route.endpoint({ ...request, params: match.params });

  const allowed = new Set(["OPTIONS", ...matches.flatMap(({ route }) => route.methods)]);
  if (allowed.has("GET")) allowed.add("HEAD");
  const allow = ["Allow", [...allowed].join(", ")] as const;
  if (request.method === "OPTIONS") return empty(200, [allow]);
  return text("Method Not Allowed\n", { status: 405, headers: [allow] });
}

/** The variable segments of `path`, or `null` when it does not follow `pattern`. */
function matchPath(pattern: string, path: string): ReadonlyMap<string, string> | null {
  const wanted = pattern.split("/");
  const given = path.split("/");
  const hasRest = wanted.at(-1) === "*";
  if (hasRest ? given.length < wanted.length : given.length !== wanted.length) return null;

  const params = new Map<string, string>();
  for (const [index, segment] of wanted.entries()) {
    if (segment === "*") return params;
    const value = decodeSegment(given[index] ?? "");
    const isVariable = segment.startsWith(":") || segment.startsWith("#");
    if (isVariable ? value === "" : value !== segment) return null;
    if (segment.startsWith("#") && !/^\d{1,15}$/.test(value)) return null;
    if (isVariable) params.set(segment.slice(1), value);
  }
  return params;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function listOf(routes: readonly Route[]): Answer {
  const items = routes.map(({ methods, pattern }) => `<li>${methods.join(" ")} ${escapeHtml(pattern)}</li>`);
  return html(
    `<!DOCTYPE html>\n<title>Test server</title>\n<h1>Endpoints</h1>\n<ul>\n${items.join("\n")}\n</ul>\n`,
  );
}
