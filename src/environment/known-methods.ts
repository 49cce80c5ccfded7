/**
 * What the environment says of the methods that telemetry may name: a standard variable of OpenTelemetry.
 */
import process from "node:process";

import { firstFilled, type Variables } from "./variables.ts";

/** `OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS`: names with commas between, in place of all others; `null` when it is not set. */
export function readKnownMethods(env: Variables = process.env): readonly string[] | null {
  const list = firstFilled(env, ["OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS"]);
  if (list === null) return null;
  return list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
