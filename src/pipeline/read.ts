/**
 * Stage: reads the body of the final response into memory, unless the caller streams it.
 *
 * It stands inside the deadline, which covers the body, and outside redirects: bodies of hops are not its business.
 */
import { Response } from "../response/response.ts";
import type { Reply, Stage } from "./stage.ts";

/** The response comes up with its body read. */
export const read: Stage = {
  up(response: Reply) {
    if (!(response instanceof Response)) return response;
    const loading = response.load();
    return loading === undefined ? response : loading.then(() => response);
  },
};
