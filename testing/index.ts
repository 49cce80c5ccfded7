/**
 * `sojourn/testing`: a small server that answers like httpbin, to test HTTP code without a network; and what every store of sessions must
 * do, to test one of your own.
 *
 * It needs Node only, and knows nothing of the rest of sojourn.
 */
export type { TestServerOptions } from "./options.ts";
export { startTestServer } from "./server.ts";
export type { RecordedRequest, TestServer } from "./server.ts";
export { sessionStoreContract } from "./store-contract.ts";
export { sessionStoreModel, type SessionStoreModelOptions } from "./store-model.ts";
export type {
  NewPlace,
  OpenStore,
  StoreCase,
  TestedChange,
  TestedCookie,
  TestedCookieKey,
  TestedEntry,
  TestedHost,
  TestedJson,
  TestedState,
  TestedStore,
  TestedStored,
} from "./store.ts";
