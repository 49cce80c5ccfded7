/**
 * What stands in the place of Node's sockets, as nock puts it there, connects to whom it likes: nobody is asked for the name. Over
 * TLS it is tried with nock itself, in `test/guide/programs/nock.ts`.
 */
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

import { afterEach, describe, expect, it } from "vitest";

import { Session } from "../../src/index.ts";
import { answering, ok, scriptedServer } from "../support/scripted-server.ts";

const { connect } = net;

afterEach(() => {
  Object.assign(net, { connect });
  syncBuiltinESMExports();
});

describe("sockets of others", () => {
  it("answer for a name that nobody knows", async () => {
    await using server = await scriptedServer(answering(ok("from the stand-in")));
    Object.assign(net, { connect: () => connect(server.port, "127.0.0.1") });
    syncBuiltinESMExports();
    await using session = new Session({ trustEnv: false });
    expect((await session.get("http://nobody.invalid/")).text()).toBe("from the stand-in");
  });
});
