import { equal, throws } from "node:assert/strict";
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

/** Returns Go's recorded answer in skeg's shape, with the default port when the address has none. */
function wanted({ proxy }: Case): Omit<Proxy, "source"> | undefined {
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
      const proxy = proxyFromVariables(each.env)(each.url);
      got = proxy === undefined ? undefined : { ...proxy, source: undefined };
    } catch (error) {
      got = (error as Error).message;
    }
    const want = each.error ?? wanted(each);
    if (JSON.stringify(got) !== JSON.stringify(want)) wrong.push(`${line}\n  ${JSON.stringify(got)}`);
  }
  equal(wrong.join("\n"), "");
  equal(lines.length > 600, true);
});

Deno.test("proxyFromVariables() reaches this machine directly however its name is written, and says which variable counted", () => {
  const choose = proxyFromVariables({ https_proxy: "socks5h://me:secret@proxy.corp:9050" });
  equal(choose("https://LOCALHOST:6443/"), undefined);
  const proxy = choose("https://example.com/");
  equal(proxy?.scheme, "socks5");
  equal(proxy?.source, "https_proxy");
  equal(proxy && shownProxy(proxy), "socks5://***@proxy.corp:9050");
});

Deno.test("proxyFromUrl() gives one proxy for every address, and refuses what is none", () => {
  const choose = proxyFromUrl("http://[fd00::1]:3128");
  for (const url of ["https://localhost", "http://example.com"]) equal(choose(url)?.host, "fd00::1");
  const proxy = choose("");
  equal(proxy && shownProxy(proxy), "http://[fd00::1]:3128");
  for (
    const [text, problem] of [["ftp://x", /unsupported scheme "ftp"/], ["x:1", /unsupported scheme "x"/], [
      "http://[::1",
      /could not parse/,
    ]] as const
  ) {
    throws(() => proxyFromUrl(text), (error: SkegError) => error.kind === "config" && problem.test(error.message));
  }
});
