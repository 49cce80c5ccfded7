/**
 * `sojourn/testing`: a small server that answers like httpbin, to test HTTP code without a network.
 *
 * It needs Node only, and knows nothing of the rest of sojourn.
 */
export type { TestServerOptions } from "./options.ts";
export { startTestServer } from "./server.ts";
export type { RecordedRequest, TestServer } from "./server.ts";
