/**
 * Reads `hooks`: the session's run first, then the request's.
 */
import { hookEvents, noHooks, type HookEvent, type Hooks, type HooksInit } from "../core/hooks.ts";
import { hooksElsewhere } from "./elsewhere.ts";
import { isRecord, mustBe, optionsOf } from "../core/checks.ts";
import { insteadOf } from "./slips.ts";

/**
 * Adds `init`'s hooks behind those of `base`. `null` for an event removes those of `base`, `null` for all of them all.
 *
 * @throws {TypeError} for an unknown event, and for a hook that is no function.
 */
export function readHooks(init: HooksInit | null, base: Hooks): Hooks {
  if (init === null) return noHooks;
  if (!isRecord(init))
    throw mustBe("hooks", "a record of functions by event", init, insteadOf("hooks", init));
  let merged: { -readonly [Event in HookEvent]: Hooks[Event] } | null = null;
  const hooks: HooksInit = optionsOf(init, "hooks", hookEvents, hooksElsewhere);
  for (const event of hookEvents) {
    const given = hooks[event];
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
    if (typeof hook !== "function") throw mustBe(`hooks.${event}`, "a function or a list of functions", hook);
  }
  // Every item was seen to be a function; its signature is the caller's promise.
  merged[event] = (given === null ? [] : [...merged[event], ...list]) as Hooks[Event];
}
