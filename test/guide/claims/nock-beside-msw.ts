// docs/testing.md: one process takes one of msw and nock.
import { setupServer } from "msw/node";
import nock from "nock";

const server = setupServer();
try {
  nock.restore();
  nock.activate();
  server.listen();
  console.log("both");
} catch {
  console.log("one of them"); // one of them
}
