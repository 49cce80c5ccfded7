/**
 * The page that shows a log: as a report, one file with everything in it, and for the inspector, where messages come as they end.
 * What it needs stands in `page-text.ts`; how it is fed is told in `page/main.ts`.
 *
 * Its policy lets nothing in but its own script and style, which it names by their hashes: whatever a server wrote, in a URL, a field or
 * a body, it never runs, and nothing is fetched from anywhere.
 */
import { createHash } from "node:crypto";

import type { HarLog } from "../record/har-types.ts";
import { PAGE_ICON, PAGE_SCRIPT, PAGE_STYLE } from "./page-text.ts";

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** What both uses have in common. The icon is in the page, too. */
const POLICY: readonly string[] = [
  "default-src 'none'",
  `script-src ${hashOf(PAGE_SCRIPT)}`,
  `style-src ${hashOf(PAGE_STYLE)}`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
];

/** `Content-Security-Policy` of the inspector's page, as a server sends it: it may ask its own server, and nobody may frame it. */
export const LIVE_POLICY: string = [...POLICY, "connect-src 'self'", "frame-ancestors 'none'"].join("; ");

/** A report of a log as one HTML page, with everything in it. It shows what is in the log: secrets were hidden when that was written. */
export function reportHtml(log: HarLog): string {
  // Without "<" nothing in it ends the element that it stands in.
  const data = JSON.stringify(log).replaceAll("<", "\\u003c");
  return page("log", POLICY, `<script type="application/json" id="log">${data}</script>\n`);
}

/** The page of the inspector. There is no data in it: it asks its server, as `page/main.ts` tells. */
export function liveHtml(): string {
  return page("live", [...POLICY, "connect-src 'self'"], "");
}

function page(source: "log" | "live", policy: readonly string[], data: string): string {
  return `<!doctype html>
<html lang="en" data-source="${source}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy.join("; ")}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${source === "log" ? "HTTP report" : "HTTP inspector"} – sojourn</title>
<link rel="icon" href="${PAGE_ICON}">
<style>${PAGE_STYLE}</style>
</head>
<body>
<noscript>This page draws itself with JavaScript, which is switched off.</noscript>
${data}<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}
