/**
 * Response hooks of a scenario (section 4.6), and the log that they write.
 */
import { Response, type AnyResponse } from "../../src/index.ts";
import type { HookSpec, ReplySpec, Result } from "./job.ts";

/** A hook of a scenario failed on purpose. */
class HookError extends Error {
  override readonly name = "HookError";
}

type ResponseHook = (response: AnyResponse) => Promise<AnyResponse | undefined>;

/** Makes hooks that write to `log`. */
export function hooksOf(
  specs: readonly HookSpec[],
  log: Result[],
): { readonly response: readonly ResponseHook[] } {
  return { response: specs.map((spec) => (response: AnyResponse) => run(spec, response, log)) };
}

async function run(spec: HookSpec, response: AnyResponse, log: Result[]): Promise<AnyResponse | undefined> {
  log.push({ label: spec.label, status: response.status, url: response.url });
  if (spec.setHeader !== undefined) response.headers.set(...spec.setHeader);
  if (spec.setStatus !== undefined) response.status = spec.setStatus;
  if (spec.setEncoding !== undefined) response.encoding = spec.setEncoding;
  if (spec.readBody === true) log.push({ label: `${spec.label}:body`, text: await response.text() });
  if (spec.raise !== undefined) throw new HookError(spec.raise);
  return spec.replace === undefined ? undefined : replaced(response, spec.replace);
}

function replaced(
  response: AnyResponse,
  { status = 200, reason = "Replaced", body = "", headers = [] }: ReplySpec,
): AnyResponse {
  return Response.from({
    status,
    statusText: reason,
    body,
    headers,
    url: response.url,
    request: response.request,
  });
}
