/** How curl takes its options: letters, names that are cut off, values, and what becomes of those that mean nothing here. */
import { describe, expect, it } from "vitest";
import { parseCurl, type ParsedCurl } from "../../src/curl/parse-curl.ts";
import { takers } from "../../src/curl/request.ts";
import { curlOptionNames, longOptions } from "../../src/curl/table.ts";

function parse(options: string): ParsedCurl {
  return parseCurl(`curl ${options} https://example.com/`);
}

function ignoredOf(options: string): string[] {
  return parse(options).ignored.map(({ option }) => option);
}

describe("an option", () => {
  it.for<[options: string, method: string, data: unknown]>([
    ["-sXPUT -da", "PUT", "a"],
    ["-sSLXPUT --data=a", "PUT", "a"],
    ["--request PUT --data-r a", "PUT", "a"],
    ["--REQUEST PUT --data-b a", "PUT", "a"],
    ["--request=PUT -d -a", "PUT", "-a"],
    ["--no-silent -X PUT -d a", "PUT", "a"],
  ])("is taken as %s", ([options, method, data]) => {
    const [request] = parse(options).requests;
    expect([request?.method, request?.options.data]).toEqual([method, data]);
  });

  it.for<[options: string, problem: RegExp]>([
    ["--no-data a", /--no-data/],
    ["--requ PUT", /--request, --request-target/],
    ["--data-", /--data-ascii, --data-binary, --data-raw, --data-urlencode/],
  ])("is none as %s", ([options, problem]) => {
    expect(() => parse(options)).toThrow(problem);
  });

  it("needs its value", () => {
    expect(() => parseCurl("curl https://example.com/ -d")).toThrow("line 1, column 27: -d needs a value");
    expect(() => parseCurl("curl https://example.com/ --data")).toThrow(
      "line 1, column 27: --data needs a value",
    );
  });

  it("is listed with a reason when there is nothing for it here", () => {
    const { requests, ignored } = parse(
      "-sS -o a.txt -w '%{http_code}' --no-buffer -N -c jar --max-redirs 3 --http3 -f",
    );
    expect(requests).toHaveLength(1);
    expect(ignored.map(({ option }) => option)).toEqual([
      "--silent",
      "--show-error",
      "--output",
      "--write-out",
      "--no-buffer",
      "--cookie-jar",
      "--max-redirs",
      "--http3",
      "--fail",
    ]);
    expect(ignored.every(({ reason }) => reason !== "")).toBe(true);
  });

  it.for<[options: string, ignored: string[]]>([
    ["--frobnicate", ["--frobnicate"]],
    ["--frobnicate value", ["--frobnicate"]],
    ["--frobnicate=value", ["--frobnicate"]],
    ["--frobnicate -s", ["--frobnicate", "--silent"]],
    ["-?s", ["-?", "--silent"]],
    ["-N", ["--no-buffer"]],
    ["--expand-frob x", ["--expand-frob"]],
    ["--unix-socket /a", ["--unix-socket"]],
    ["-F a=b -H 'Content-Type: application/json'", ["--header"]],
    ["-F a=b -H 'Content-Type: multipart/form-data; boundary=x'", []],
    ["-u user", ["--user"]],
    ["-H nothing", ["--header"]],
    ["-b a=1 -H 'Cookie: b=2'", ["--cookie"]],
    ["-X post", ["--request"]],
    ["-s -s", ["--silent"]],
    ["-H 'Host:'", ["--header"]],
    ["-H 'Content-Length: 5' -d abc", ["--header"]],
    ["-H 'Content-Length: 3' -d abc", []],
    ["-U a:b", ["--proxy-user"]],
    ["-u a:b --ntlm", ["--ntlm", "--user"]],
    ["-x http://p -U a:b --proxy-ntlm", ["--proxy-ntlm", "--proxy-user"]],
    ["--socks4 a", ["--socks4"]],
    ["-x quic://a", ["--proxy"]],
    ["--tlsv1.0", ["--tlsv1.0"]],
    ["-q -g", []],
  ])("of %s lists %j", ([options, ignored]) => {
    expect(ignoredOf(options)).toEqual(ignored);
  });

  it("may say that curl's own variables stand in its value: then they must not", () => {
    const data = (value: string): unknown =>
      parseCurl(`curl --expand-data '${value}' http://h/`).requests[0]?.options.data;
    expect(data("a=1")).toBe("a=1");
    expect(() => data("a={{b:trim}}")).toThrow(
      "line 1, column 6: {{ in --expand-data is a variable of curl: write its value",
    );
  });

  it("of the table that is taken over has somebody who takes it", () => {
    const handled = curlOptionNames().filter((name) => longOptions(name)[0]?.reason === null);
    const elsewhere = ["config", "next", "url"];
    expect([...takers.keys(), ...elsewhere].toSorted()).toEqual(handled.toSorted());
  });
});

describe("several transfers", () => {
  it("begin anew with --next", () => {
    const { requests } = parseCurl("curl -d a http://h/1 --next http://h/2 -: -X PUT http://h/3 http://h/4");
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "POST http://h/1",
      "GET http://h/2",
      "PUT http://h/3",
      "PUT http://h/4",
    ]);
    expect(() => parseCurl("curl --next http://h/")).toThrow(/no URL before --next/);
    expect(() => parseCurl("curl http://h/ --next")).toThrow(/no URL/);
  });
});
