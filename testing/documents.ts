/**
 * Fixed documents and small generators: `/html`, `/json`, `/xml`, `/encoding/utf8`, `/links`, `/uuid`, `/base64`.
 */
import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";

import { html, json, redirect, RefusedRequest, typed } from "./answers.ts";
import { countOf, GET, paramOf } from "./exchange.ts";
import type { Answer, Route, TestRequest } from "./exchange.ts";

/** The routes of documents. */
export const documentRoutes: readonly Route[] = [
  { methods: GET, pattern: "/html", endpoint: () => html(PAGE) },
  { methods: GET, pattern: "/json", endpoint: () => json(SLIDES) },
  { methods: GET, pattern: "/xml", endpoint: () => typed("application/xml", XML) },
  { methods: GET, pattern: "/encoding/utf8", endpoint: () => html(UTF8_PAGE) },
  {
    methods: GET,
    pattern: "/links/#n",
    endpoint: (request) => redirect(`/links/${countOf(request, "n")}/0`),
  },
  { methods: GET, pattern: "/links/#n/#offset", endpoint: links },
  { methods: GET, pattern: "/uuid", endpoint: () => json({ uuid: randomUUID() }) },
  { methods: GET, pattern: "/base64/:value", endpoint: base64 },
];

const MAX_LINKS = 200;

const PAGE = `<!DOCTYPE html>
<html>
  <head><meta charset="utf-8"><title>The lighthouse</title></head>
  <body>
    <h1>The lighthouse</h1>
    <p>Every evening at dusk the keeper climbs two hundred and one steps, lights the lamp and writes down the weather.</p>
    <p>Ships that pass by do not know her name. They know the light: two flashes, a pause, and one flash more.</p>
  </body>
</html>
`;

const SLIDES = {
  slideshow: {
    author: "A. Keeper",
    date: "date of publication",
    title: "Sample Slide Show",
    slides: [
      { title: "How a session begins", type: "all" },
      { title: "What it remembers", type: "all", items: ["Cookies", "Connections", "Headers"] },
    ],
  },
};

const XML = `<?xml version="1.0" encoding="utf-8"?>
<slideshow title="Sample Slide Show" author="A. Keeper">
  <slide type="all"><title>How a session begins</title></slide>
  <slide type="all"><title>What it remembers</title><item>Cookies</item><item>Connections</item></slide>
</slideshow>
`;

const UTF8_PAGE = `<h1>Many scripts, one encoding</h1>
<pre>
Latin      naïve façade, Łódź, Þórr, smørrebrød, Größe
Greek      Καλημέρα, ο φάρος είναι αναμμένος
Cyrillic   Добрый вечер, маяк горит
Hebrew     ערב טוב
Arabic     مساء الخير
Hindi      शुभ संध्या
Thai       สวัสดีตอนเย็น
Chinese    灯塔亮了
Japanese   灯台が光っています
Korean     등대가 빛난다
Maths      ∀x ∈ ℝ: ⌈x⌉ = −⌊−x⌋, ∮ E·da = Q
Emoji      ⛵ 🌊 🐋 👩‍🚀
Combining  e\u0301 a\u030a n\u0303
</pre>
`;

/** A page with links to all pages of its kind but itself. */
function links(request: TestRequest): Answer {
  const n = Math.min(Math.max(1, countOf(request, "n")), MAX_LINKS);
  const offset = countOf(request, "offset");
  const items = Array.from({ length: n }, (_, index) =>
    index === offset ? `${index} ` : `<a href='/links/${n}/${index}'>${index}</a> `,
  );
  return html(`<html><head><title>Links</title></head><body>${items.join("")}</body></html>`);
}

function base64(request: TestRequest): Answer {
  const value = paramOf(request, "value");
  if (!/^[\w-]+={0,2}$/.test(value) || value.length % 4 !== 0) {
    throw new RefusedRequest(400, "the value must be base64url with its padding");
  }
  return html(Buffer.from(value, "base64url").toString("utf8"));
}
