/**
 * Reads `hooks`: the session's run first, then the request's.
 */
import { describe } from "../core/describe.ts";
import { hookEvents, noHooks, type HookEvent, type Hooks, type HooksInit } from "../core/hooks.ts";
import { suggestion } from "../core/suggest.ts";
import { hooksElsewhere } from "./elsewhere.ts";
import { isRecord } from "../core/checks.ts";
import { insteadOf } from "./slips.ts";

/**
 * Adds `init`'s hooks behind those of `base`. `null` for an event removes those of `base`, `null` for all of them all.
 *
 * @throws {TypeError} for an unknown event, and for a hook that is no function.
 */
export function readHooks(init: HooksInit | null, base: Hooks): Hooks {
  if (init === null) return noHooks;
  if (!isRecord(init))
    throw new TypeError(
      `hooks must be a record of functions by event, not ${describe(init)}${insteadOf("hooks", init)}`,
    );
  let merged: { -readonly [Event in HookEvent]: Hooks[Event] } | null = null;
  for (const event of Object.keys(init)) {
    if (!isEvent(event)) {
      const hint = suggestion(event, hookEvents, hooksElsewhere);
      throw new TypeError(
        `hooks has an unknown event ${JSON.stringify(event)}; known are ${hookEvents.join(", ")}${hint === null ? "" : `; ${hint}`}`,
      );
    }
    const given = init[event];
    if (given === undefined) continue;
    merged ??= { ...base };
    add(merged, event, given);
  }
  return merged ?? base;
}

/** Generic in the event, so that the compiler sees that both sides speak of the same one. */
function add<Event extends HookEvent>(
  merged: { -readonly [Name in HookEvent]: Hooks[Name] },
  event: Event,
  given: Hooks[Event][number] | Hooks[Event] | null,
): void {
  const list: readonly unknown[] = given === null ? [] : Array.isArray(given) ? given : [given];
  for (const hook of list) {
    if (typeof hook !== "function") {
      throw new TypeError(`hooks.${event} must be a function or a list of functions, not ${describe(hook)}`);
    }
  }
  // Every item was seen to be a function; its signature is the caller's promise.
  merged[event] = (given === null ? [] : [...merged[event], ...list]) as Hooks[Event];
}

function isEvent(name: string): name is HookEvent {
  return (hookEvents as readonly string[]).includes(name);
}
