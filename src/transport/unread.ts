/**
 * Streamed bodies that nobody holds any more: they can never be read, so what they hold is given up, and the program is told.
 *
 * May import: `core/`, own folder.
 */
import type { FailedRequest } from "../core/errors.ts";
import { CallPlan } from "../core/options.ts";
import { bareUrl } from "../core/redact.ts";
import { PreparedRequest } from "../core/request.ts";
import type { Incoming } from "./incoming.ts";

const TYPE = "UnreadResponseWarning";
const CODE = "SOJOURN_UNREAD";

const forgotten = new FinalizationRegistry<Incoming>((incoming) => {
  if (incoming.forget()) warn(incoming.request);
});

/** Ends `incoming` when `body`, the consumer's end of it, is collected as garbage. Nothing here may lead back to `body`. */
export function watchOver(body: object, incoming: Incoming): void {
  forgotten.register(body, incoming);
}

function warn(request: FailedRequest): void {
  const { method, url } = request;
  const message = `a streamed response was neither read to its end nor closed, and its connection is given up: ${method} ${bareUrl(url)}`;
  const calledAt =
    request instanceof PreparedRequest && request.plan instanceof CallPlan ? request.plan.calledAt : null;
  if (calledAt === null) {
    process.emitWarning(message, { type: TYPE, code: CODE });
    return;
  }
  const warning = Object.assign(new Error(message), { name: TYPE, code: CODE });
  // Where the garbage was collected tells nothing.
  warning.stack = `${TYPE}: ${message}\n${calledAt}`;
  process.emitWarning(warning);
}
