/** Certificates: `verify` takes the authority that vouches for a server, `cert` shows who the program is. */
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { Session, SSLError } from "sojourn";
import { makeAuthority } from "./certificates.ts";

const authority = makeAuthority("quickstart CA");
const program = authority.issue("quickstart program");

// A server of that authority that asks for the client's certificate.
const options = { ...authority.issue("server"), ca: authority.cert, requestCert: true };
const server = createServer(options, (request, response) => {
  response.end((request.socket as TLSSocket).getPeerCertificate().subject.CN);
});
await once(server.listen(0, "127.0.0.1"), "listening");
const baseUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

const strict = new Session({ baseUrl });
const error: unknown = await strict.get("/").catch((caught: unknown) => caught);
console.log(error instanceof SSLError); // true

const session = new Session({ baseUrl, verify: authority.cert, cert: [program.cert, program.key] });
console.log(await session.get("/").text()); // quickstart program

await strict.close();
await session.close();
server.close();
