/**
 * Auth objects of a scenario (section 4.3).
 */
import { HttpBasicAuth, HttpDigestAuth, HttpProxyAuth, type PreparedRequest } from "../../src/index.ts";
import { Unsupported, type AuthObject, type AuthSpec } from "./job.ts";
import { plain } from "./values.ts";

/** Makes auth objects, and remembers those that have a `ref`: they are one and the same object. */
export class Auths {
  readonly #known = new Map<string, unknown>();

  /** What a user would give as `auth`. */
  of(spec: AuthSpec): unknown {
    if (isPair(spec)) return spec.map(plain);
    const known = spec.ref === undefined ? undefined : this.#known.get(spec.ref);
    if (known !== undefined) return known;
    const made = make(spec);
    if (spec.ref !== undefined) this.#known.set(spec.ref, made);
    return made;
  }
}

function isPair(spec: AuthSpec): spec is Extract<AuthSpec, readonly unknown[]> {
  return Array.isArray(spec);
}

function make(spec: AuthObject): unknown {
  // Scenarios give credentials of wrong kinds, too: the library is to refuse them.
  const username = plain(spec.username ?? null) as string;
  const password = plain(spec.password ?? null) as string;
  switch (spec.type) {
    case "basic":
      return new HttpBasicAuth(username, password);
    case "proxy":
      return new HttpProxyAuth(username, password);
    case "digest":
      return new HttpDigestAuth(username, password);
    case "custom":
      return (request: PreparedRequest): PreparedRequest => sign(request, spec);
    default:
      throw new Unsupported(`auth type ${spec.type}`);
  }
}

function sign(request: PreparedRequest, spec: AuthObject): PreparedRequest {
  for (const [name, value] of spec.setHeaders ?? []) request.headers.set(name, filled(value, request));
  if (spec.setBody !== undefined) request.body = spec.setBody;
  return request;
}

function filled(value: string, request: PreparedRequest): string {
  if (value === "$method") return request.method;
  if (value === "$url") return request.url;
  if (value === "$bodyLength")
    return String(request.body instanceof Uint8Array ? request.body.byteLength : 0);
  return value;
}
