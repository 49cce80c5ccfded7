/**
 * A TLS server for the quickstart, with certificates made on the spot: a CA, a server and a client.
 */
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { Authority } from "../../test/support/certificates.ts";

/** A server that asks for a client certificate, and tells whose it saw. */
export interface TlsServer extends AsyncDisposable {
  readonly url: string;
  readonly ca: string;
  readonly clientCert: string;
  readonly clientKey: string;
}

export async function startTlsServer(): Promise<TlsServer> {
  const authority = await Authority.create("quickstart CA");
  const leaf = await authority.issue({ addresses: ["127.0.0.1"] });
  const client = await authority.issue({ commonName: "quickstart client" });
  const options = { ...leaf, ca: authority.pem, requestCert: true, rejectUnauthorized: true };
  const server = createServer(options, (request, response) => {
    const { subject } = (request.socket as TLSSocket).getPeerCertificate();
    response.end(JSON.stringify({ client: subject.CN }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: authority.pem,
    clientCert: client.cert,
    clientKey: client.key,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
