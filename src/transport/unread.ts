/**
 * Warns of streamed responses that nobody read to the end, closed, or kept.
 */
import process from "node:process";

import type { FailedRequest } from "../core/errors.ts";
import { Memo } from "../core/memo.ts";
import { bareUrl } from "../core/redact.ts";

/** A loop warns once. */
const warned = new Memo<string, true>(1000);

/** @param callSite where the request was made: lines of a stack; `null` when it is not known. */
export function warnUnread(request: FailedRequest, callSite: string | null): void {
  const call = `${request.method} ${bareUrl(request.url)}`;
  if (warned.get(call)) return;
  warned.set(call, true);
  process.emitWarning(
    `the streamed response of ${call} was neither read to its end nor closed, and is gone: its connection is closed`,
    {
      type: "UnreadResponseWarning",
      code: "SOJOURN_UNREAD",
      detail:
        callSite === null
          ? "Read its body, call close(), or hold it with `await using`. node --trace-warnings tells where it was asked for."
          : `It was asked for here:\n${callSite}`,
    },
  );
}
