import pino from "pino";
import { Session } from "sojourn";
import { logTo } from "sojourn/terminal";

const lines: string[] = [];
const logger = pino({ level: "debug" }, { write: (line: string) => lines.push(line) }); // in place of standard output
const session = new Session({ baseUrl: "https://example.com" });
logTo(session, logger, { level: "debug" });
await session.get("/redirect/1?token=secret");
await session.get("http://127.0.0.1:9/").catch(() => null); // nobody listens there

const [hop, page, failed] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
console.log(hop?.["level"], hop?.["url"], hop?.["status"]); // 20 https://example.com/redirect/1?token=*** 302
console.log(page?.["reason"], page?.["isReused"], page?.["status"]); // redirect true 200
console.log(failed?.["level"], failed?.["outcome"], failed?.["code"]); // 50 failed ERR_CONNECTION
await session.close();
