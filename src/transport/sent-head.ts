/** The head of a request as it went out, for whoever wants to see it. */
import { HeaderMap } from "../core/headers.ts";
import type { SentHead } from "../core/response.ts";
import type { RequestHead } from "../core/request-head.ts";
import { http2Fields } from "../http2/fields.ts";

/** Method, target and fields, as this version of HTTP says them. */
export function sentHead(
  { method, target, section: { fields } }: RequestHead,
  httpVersion: string,
): SentHead {
  return { method, target, headers: HeaderMap.fromWire(httpVersion === "2" ? http2Fields(fields) : fields) };
}
