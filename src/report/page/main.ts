/**
 * Where the page begins. It is one page with two uses, and `data-source` of the `html` element tells which:
 *
 * - `"log"`, the report: the log stands in the page as JSON, in `<script type="application/json" id="log">`. Nothing is fetched.
 * - `"live"`, the inspector: the token is the fragment of the address. The page asks for `events`, a path beside its own, by `GET` with
 *   the header fields `X-Sojourn-Token: <token>` and `Accept: text/event-stream`. 401 and 403 mean that the token is wrong: it says so and
 *   stops. Any other failure, and an end without `closed`: it tries again, after 0.5 s at first, after 8 s at most.
 *
 * The answer is `text/event-stream`. Each event has a name and one line of JSON:
 *
 * | `event:` | `data:` | what the page does |
 * | --- | --- | --- |
 * | `log` | `HarLog` | throws away what it has and takes this: first of all, and whenever a reader was too slow; messages may follow |
 * | `entry` | `HarEntry` | adds it, or puts it in the place of the one with the same `_sojourn.message` |
 * | `call` | `HarCall` | adds it, or puts it in the place of the one with the same `id` |
 * | `connection` | `HarConnection` | adds it, or puts it in the place of the one with the same `id` |
 * | `dropped` | `{ "total": number, "messages": number[] }` | takes away the messages with these numbers |
 * | `closed` | `{}` | says that the session is closed, and stops |
 *
 * Lines that begin with `:` are comments, such as a heartbeat. `liveHtml()` and `LIVE_POLICY` of `report/report.ts` are the page and the policy that it needs.
 */
import type { HarLog } from "../../record/har-types.ts";
import { App } from "./app.ts";
import { followLive } from "./live.ts";

const app = new App(document.body);
if (document.documentElement.dataset["source"] === "live") {
  void followLive(location.hash.slice(1), app);
} else {
  app.onLog(JSON.parse(document.getElementById("log")?.textContent ?? "") as HarLog); // `report.ts` put it there
}
