/** Cookies over time: when each was set, refused, deleted and sent. Pure. */
import type { Message } from "./message.ts";

/** What happened to a cookie. */
export type CookieEventKind = "stored" | "deleted" | "refused" | "sent";

/** One thing that happened to it. */
export interface CookieEvent {
  readonly kind: CookieEventKind;
  /** Milliseconds since the epoch: when it was sent, or came. */
  readonly at: number;
  readonly message: Message;
  /** Why it was refused; `null` otherwise. */
  readonly reason: string | null;
}

/** A cookie, by its name and the host or domain that it is for. */
export interface CookieStory {
  readonly name: string;
  /** Domain or host, as far as it is told. */
  readonly domain: string;
  readonly events: readonly CookieEvent[];
  readonly counts: Readonly<Record<CookieEventKind, number>>;
}

/** A cookie with a domain is for the hosts below it, too. */
function isFor(domain: string, host: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

/** Stories, by name and domain. */
export function cookieStories(messages: readonly Message[]): readonly CookieStory[] {
  const stories = new Map<string, { name: string; domain: string; events: CookieEvent[] }>();
  const add = (name: string, domain: string, event: CookieEvent): void => {
    const key = `${name}\n${domain}`;
    const story = stories.get(key) ?? { name, domain, events: [] };
    story.events.push(event);
    stories.set(key, story);
  };
  // Only where it was set is its domain told: those come first.
  for (const message of messages) {
    for (const { name, kind, reason, domain } of message.entry._sojourn.cookies)
      add(name, bare(domain) || hostName(message), {
        kind,
        at: headOf(message),
        message,
        reason: reason ?? null,
      });
  }
  const domains = domainsByName([...stories.values()]);
  for (const message of messages) {
    for (const { name } of message.entry.request.cookies) {
      const host = hostName(message);
      const domain = domains.get(name)?.find((each) => isFor(each, host)) ?? host;
      add(name, domain, { kind: "sent", at: message.start, message, reason: null });
    }
  }
  return [...stories.values()].map(storyOf).toSorted((one, other) => {
    return one.name === other.name ? (one.domain < other.domain ? -1 : 1) : one.name < other.name ? -1 : 1;
  });
}

/** Domains by the cookie's name, the longest first: it is the nearest. */
function domainsByName(
  stories: readonly { readonly name: string; readonly domain: string }[],
): ReadonlyMap<string, readonly string[]> {
  const domains = new Map<string, string[]>();
  for (const { name, domain } of stories) domains.set(name, [...(domains.get(name) ?? []), domain]);
  for (const list of domains.values()) list.sort((one, other) => other.length - one.length);
  return domains;
}

function storyOf({ name, domain, events }: Omit<CookieStory, "counts">): CookieStory {
  const counts = { stored: 0, deleted: 0, refused: 0, sent: 0 };
  for (const { kind } of events) counts[kind]++;
  return { name, domain, events: events.toSorted((one, other) => one.at - other.at), counts };
}

function hostName({ host }: Message): string {
  return host.replace(/:\d+$/, "");
}

function bare(domain: string | undefined): string {
  return (domain ?? "").replace(/^\./, "");
}

/** When its head came: before the body. */
function headOf({ start, end, bars }: Message): number {
  const wait = bars.find(({ phase }) => phase === "wait");
  return wait === undefined ? end : start + wait.to;
}
