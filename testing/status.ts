/**
 * `/status/n` answers with that status, or with one drawn from a weighted list such as `/status/200:0.9,500:0.1`.
 */
import { empty, json, redirect, RefusedRequest, text } from "./answers.ts";
import { BASIC_CHALLENGE } from "./auth.ts";
import { ANY_METHOD, paramOf } from "./exchange.ts";
import type { Answer, Route, TestRequest } from "./exchange.ts";

/** The route of `/status`. */
export const statusRoutes: readonly Route[] = [
  { methods: ANY_METHOD, pattern: "/status/:codes", endpoint: answerStatus },
];

interface Choice {
  readonly status: number;
  readonly weight: number;
}

const IMAGES = ["image/webp", "image/svg+xml", "image/jpeg", "image/png", "image/*"];

const TEAPOT = ["   ) ) )", "  _______", " |       |]=", "  \\_____/", "  I am a teapot.", ""].join("\n");

function answerStatus(request: TestRequest): Answer {
  const choices = paramOf(request, "codes").split(",").map(readChoice);
  const status = draw(choices, Math.random());
  switch (status) {
    case 301:
    case 302:
    case 303:
    case 305:
    case 307:
    case 308:
      return redirect("/redirect/1", status);
    case 401:
      return empty(status, [["WWW-Authenticate", BASIC_CHALLENGE]]);
    case 406:
      return json({ message: "Client did not request a supported media type.", accept: IMAGES }, { status });
    case 407:
      return empty(status, [["Proxy-Authenticate", BASIC_CHALLENGE]]);
    case 418:
      return text(TEAPOT, { status });
    default:
      return empty(status);
  }
}

function readChoice(code: string): Choice {
  const [, status, weight = "1"] = /^(\d{3})(?::(\d+(?:\.\d+)?))?$/.exec(code.trim()) ?? [];
  // 1xx is no final answer (RFC 9110 §15.2): a client would go on waiting.
  if (status === undefined || Number(status) < 200) throw new RefusedRequest(400, "Invalid status code");
  return { status: Number(status), weight: Number(weight) };
}

/** The status in whose share of the weights `random`, from 0 up to 1, falls. */
function draw(choices: readonly Choice[], random: number): number {
  let rest = random * choices.reduce((sum, { weight }) => sum + weight, 0);
  for (const { status, weight } of choices) {
    rest -= weight;
    if (rest < 0) return status;
  }
  return choices.at(-1)?.status ?? 200;
}
