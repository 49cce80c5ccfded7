/**
 * The one table of requests which both servers must answer alike.
 */
import { contentRows } from "./content-rows.ts";
import { inspectRows } from "./inspect-rows.ts";
import type { Row } from "./row.ts";
import { stateRows } from "./state-rows.ts";

/** All rows, in the order in which they are sent. */
export const table: readonly Row[] = [...inspectRows, ...stateRows, ...contentRows];
