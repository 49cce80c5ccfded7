/** Words for what happened: how a message ended, why it was sent, why a cookie was refused. Pure. */
import type { EntryFacts } from "../../record/har-types.ts";
import { formatMs, shorten } from "./format.ts";
import type { Message } from "./message.ts";

/** A sign before the status: its shape tells, not its colour. `""`: all is well. */
export function signOf({ fate }: Message): string {
  switch (fate) {
    case "failed":
      return "\u2715";
    case "server-error":
    case "client-error":
      return "\u25b2";
    case "redirect":
      return "\u21aa";
    case "aborted":
    case "unread":
      return "\u25a1";
    case "success":
      return "";
  }
}

/** What stands in the column of the status: its number, or how it ended without one. */
export function statusOf({ status, fate }: Message): string {
  if (status !== 0) return String(status);
  return fate === "aborted" ? "aborted" : "failed";
}

/** What stands behind a bar. */
export function wordOf(message: Message): string {
  const length = formatMs(message.end - message.start);
  const { error } = message.entry._sojourn;
  switch (message.fate) {
    case "failed":
      return error === null ? length : `${length} ${shorten(error.name, 40)}`;
    case "aborted":
      return `${length} aborted`;
    case "unread":
      return `${length} not read`;
    default:
      return length;
  }
}

/** How it ended, for a person. */
export function outcomeText(outcome: EntryFacts["outcome"]): string {
  switch (outcome) {
    case "complete":
      return "complete";
    case "unread":
      return "the program did not read all of it";
    case "failed":
      return "failed";
    case "aborted":
      return "aborted by the program";
  }
}

/** Why it was sent, in a word; `""` for the first of a call. */
export function reasonWord(reason: EntryFacts["reason"]): string {
  return reason === "call" ? "" : reason;
}

/** Why it was sent, for a person. */
export function reasonText({ entry }: Message): string {
  const { reason, hop, attempt } = entry._sojourn;
  switch (reason) {
    case "call":
      return "the program asked for it";
    case "redirect":
      return `a redirect led here (hop ${hop})`;
    case "retry":
      return `sent again after a failure (attempt ${attempt + 1})`;
    case "auth":
      return "it answers a challenge";
    case "resend":
      return "the connection had ended: sent once more";
  }
}

type Reason = NonNullable<EntryFacts["cookies"][number]["reason"]>;

const REFUSALS: Readonly<Record<Reason, string>> = {
  empty: "it has neither a name nor a value",
  "control-character": "it has a control character in it",
  "too-long": "it is too long",
  "domain-mismatch": "its domain is not one of this host",
  "public-suffix": "its domain is a public suffix",
  insecure: "it is Secure, and did not come over TLS",
  "overwrites-secure": "it would take the place of a Secure cookie, and did not come over TLS",
  "host-prefix": "its name begins with __Host-, and it does not keep to that",
  "secure-prefix": "its name begins with __Secure-, and it does not keep to that",
  "http-prefix": "its name begins with __Http-, and it does not keep to that",
  "same-site-none-insecure": "it is SameSite=None without Secure",
  "not-a-web-url": "it did not come from a web address",
  "not-accepted": "the jar does not accept it",
  "jar-full": "the jar is full",
  "too-many": "there were too many in one response",
};

/** Why a cookie was refused, for a person. */
export function refusalText(reason: string | null | undefined): string {
  if (reason === null || reason === undefined) return "";
  return isReason(reason) ? REFUSALS[reason] : reason;
}

function isReason(reason: string): reason is Reason {
  return Object.hasOwn(REFUSALS, reason);
}
