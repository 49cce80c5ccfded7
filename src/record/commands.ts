/** Messages as commands of curl. */
import { shownUrl } from "../core/redact.ts";
import { PreparedRequest } from "../core/request.ts";
import { commandOf } from "../curl/to-curl.ts";
import type { KeptMessage } from "./kept.ts";
import type { Secrets } from "./secrets.ts";

/** A comment and a command for each message. */
export function commandsOf(messages: readonly KeptMessage[], secrets: Secrets): string {
  return messages.map((message) => `${commandAndComment(message, secrets)}\n`).join("\n");
}

function commandAndComment(message: KeptMessage, secrets: Secrets): string {
  const { method, url, status, outcome } = message;
  const about = `# ${method} ${shownUrl(url)}: ${status ?? outcome}`;
  const made = commandFor(message, secrets);
  return made.kind === "command"
    ? `${comment(about, secrets)}\n${made.text}`
    : comment(`${about}; no command: ${made.text}`, secrets);
}

/** One line. */
function comment(text: string, secrets: Secrets): string {
  return secrets.hidden(text).replaceAll(UNPRINTABLE, " ");
}

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const UNPRINTABLE = /[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+/g;

interface Made {
  /** `"reason"`: why there is no command. */
  readonly kind: "command" | "reason";
  readonly text: string;
}

function commandFor(message: KeptMessage, secrets: Secrets): Made {
  const { method, url, preparedHeaders, hasBody, sentBytes, requestBody } = message;
  if (hasBody && requestBody === null && sentBytes > 0)
    return reason(`its body of ${sentBytes} bytes is not kept (bodies: "all")`);
  if (requestBody?.isCut === true)
    return reason(`its body of ${sentBytes} bytes is kept in part (maxBodyBytes)`);
  const payload = hasBody
    ? ({ kind: "bytes", bytes: requestBody?.bytes ?? new Uint8Array(0) } as const)
    : null;
  const request = new PreparedRequest({ method, url, headers: preparedHeaders.clone(), payload });
  try {
    return { kind: "command", text: commandOf(request, (text) => secrets.partsIn(text)) };
  } catch (error) {
    return reason(error instanceof Error ? error.message : "it cannot be written");
  }
}

function reason(text: string): Made {
  return { kind: "reason", text };
}
