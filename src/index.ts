/**
 * The public surface of the package: each name written out.
 */
export { del, del as delete, get, head, options, patch, post, put, query, request } from "./api.ts";
export { Session } from "./session.ts";
export { CallPlan, Request } from "./core/options.ts";
