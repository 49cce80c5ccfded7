import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";

import type { Steps } from "./load.ts";

const FEW = 100;
const MANY = 1600;
/** Among many things it may take so many times as many steps. What looks at all of them takes 16 times as many. */
const MOST = 2;
/** Optimised code leaves out what it finds needless. */
const UNOPTIMISED = ["--no-opt", "--no-sparkplug", "--no-maglev"];

let counted: Readonly<Record<string, Steps>> = {};

beforeAll(async () => {
  const program = fileURLToPath(new URL("count.ts", import.meta.url));
  const args = [...UNOPTIMISED, program, String(FEW), String(MANY)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  counted = JSON.parse(stdout) as Record<string, Steps>; // the program wrote it
}, 120_000);

describe("what it costs does not grow with", () => {
  it.for([
    ["the requests that wait", "a request that waits for a connection is given up"],
    ["the requests that wait", "a request that waits for a stream is given up"],
    ["the requests that wait", "a request waits for too long"],
    ["the origins in use", "one more origin is in use"],
    ["the origins in use", "an origin is not in use any more"],
    ["the cookies of other hosts", "a cookie of one domain is looked up"],
    ["the cookies of other hosts", "a cookie that the program set for no host is looked up"],
    ["the cookies of other hosts", "the size is asked for while one expires"],
    ["the cookies of other hosts", "a full domain gets another cookie while one expires"],
    ["the cookies of other hosts", "a full jar gets another cookie"],
    ["the cookies of other hosts", "an insecure cookie is set below the same domain"],
    ["the cookies of other hosts", "an insecure cookie is set for the domain above"],
    ["how often it was prolonged", "a cookie is prolonged"],
    ["the redirects before it", "a redirect is followed"],
    ["the mounts", "an adapter is mounted"],
    ["the mounts", "a URL finds its adapter"],
    ["the other fields", "headers are made of pairs"],
    ["the other fields", "headers are made of a record"],
    ["the other fields", "headers are made of headers"],
    ["the other fields", "headers are set one by one"],
    ["the other fields", "headers are set again"],
    ["the other fields", "headers of one name are added"],
    ["the other fields", "a header is set to a list"],
    ["the other fields", "headers are looked up"],
    ["the other fields", "received headers are looked up"],
    ["the other fields", "headers are deleted one by one"],
    ["the other fields", "headers are walked over"],
    ["the other fields", "headers are compared"],
    ["the other fields", "headers are prepared to be sent"],
    ["the other fields", "headers are sent"],
    ["the length of the text", "a command in single quotes is read"],
    ["the length of the text", "a command in double quotes is read"],
    ["the length of the text", "a command of escapes is read"],
    ["the length of the text", "a command of halves is read"],
    ["the length of the text", "a command of NULs is read"],
    ["the length of the text", "a command of fields is read"],
    ["the length of the text", "a command of forms is read"],
    ["the length of the text", "a command of data is read"],
    ["the length of the text", "a command of unknown options is read"],
    ["the length of the text", "a command of many requests is read"],
    ["the length of the text", "a command of braces is read"],
    ["the length of the text", "a command of brackets is read"],
    ["the length of the text", "a command of line ends is read"],
    ["the length of the text", "a command of comments is read"],
    ["the length of the text", "a command of printf is read"],
    ["the length of the text", "a command of carets is read"],
    ["the length of the text", "a command of backslashes is read"],
    ["the length of the text", "a command of doubled quotes is read"],
    ["the length of the text", "a command of characters is read"],
    ["the length of the text", "a command of backticks is read"],
    ["the length of the text", "a command without an end is refused"],
    ["the length of the text", "a command of open braces is refused"],
    ["the length of the text", "a command of pipes is refused"],
    ["the length of the text", "a command of a long address is refused"],
  ] as const)("%s when %s", ([, name]) => {
    const { few = 0, many = 0 } = counted[name] ?? {};
    expect(few).toBeGreaterThan(0);
    expect(many / few, `${few} steps among ${FEW}, ${many} among ${MANY}`).toBeLessThan(MOST);
  });
});
