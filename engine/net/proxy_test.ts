import { deepEqual, equal, throws } from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { SkegError } from "../../errors.ts";
import { type NetworkVariables, type Proxy, proxyFromUrl, proxyFromVariables, shownProxy } from "./proxy.ts";

interface Case {
  readonly env: NetworkVariables;
  readonly url: string;
  readonly proxy: { scheme: string; host: string; port: string; user?: string; password?: string } | null;
  readonly error?: string;
}

const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, socks5: 1080 };

/** What Go answered, in the shape of ours: with the port that is used when the address names none. */
function wanted({ proxy }: Case): Proxy | undefined {
  if (proxy === null) return undefined;
  const { scheme, host, user, password } = proxy;
  const port = Number(proxy.port) || (PORTS[scheme] ?? 0);
  if (user === undefined && password === undefined) return { scheme, host, port, user: undefined };
  return { scheme, host, port, user: password === undefined ? { name: user ?? "" } : { name: user ?? "", password } };
}

Deno.test("proxyFromVariables() chooses what Go 1.14 chooses, for each recorded case", () => {
  const lines = readFileSync(new URL("../../testdata/proxy/cases.jsonl", import.meta.url), "utf8").trim().split("\n");
  const wrong: string[] = [];
  for (const line of lines) {
    const each: Case = JSON.parse(line);
    let got: unknown;
    try {
      got = proxyFromVariables(each.env)(each.url);
    } catch (error) {
      got = (error as Error).message;
    }
    const want = each.error ?? wanted(each);
    if (JSON.stringify(got) !== JSON.stringify(want)) wrong.push(`${line}\n  ${JSON.stringify(got)}`);
  }
  equal(wrong.join("\n"), "");
  equal(lines.length > 600, true);
});
