import { equal, ok } from "node:assert/strict";
import {
  formatAddress,
  indexAddress,
  isRequestAddress,
  joinAddress,
  joinPath,
  parseAddress,
  resolveReference,
  sameAddress,
  sameHost,
} from "./address.ts";

/** Resolves a reference in the index of a repository. */
function resolved(repository: string, reference: string): string {
  const [base, target] = [parseAddress(repository), parseAddress(reference)];
  ok(base !== undefined && target !== undefined);
  return formatAddress(resolveReference(base, target));
}

Deno.test("parseAddress() and formatAddress() keep what is written", () => {
  for (
    const text of ["https://h:1/a%20b?c=d#e", "http://u:p@h/", "alias:x", "file:///a", "a/b", "//h/x", "", "http://h"]
  ) {
    const address = parseAddress(text);
    ok(address !== undefined, text);
    equal(formatAddress(address), text);
  }
});

Deno.test("parseAddress() takes nothing that Go does not", () => {
  for (const text of [":", "a\nb", "http://a b/", "%zz", "http://h:port/", "http://[::1", "1:2", "\x7f"]) {
    equal(parseAddress(text), undefined, text);
  }
});

Deno.test("joinPath() and joinAddress() collapse slashes and dots", () => {
  equal(joinPath("a/", "", "/b"), "a/b");
  equal(joinPath("", ""), "");
  equal(joinPath("/", "a/.."), "/");
  equal(joinAddress("http://h//x/", "/y z.tgz"), "http://h/x/y%20z.tgz");
  equal(joinAddress("http://h/x?q=1", "index.yaml"), "http://h/x/index.yaml?q=1");
  equal(joinAddress(":", "a"), ":/a");
  equal(indexAddress("http://h"), "http://h/index.yaml");
});

Deno.test("resolveReference() stays below the repository unless an address is absolute", () => {
  equal(resolved("http://h/charts", "web.tgz"), "http://h/charts/web.tgz");
  equal(resolved("http://h/charts/", "sub/web.tgz"), "http://h/charts/sub/web.tgz");
  equal(resolved("http://h/charts?token=1", "web.tgz"), "http://h/charts/web.tgz?token=1");
  equal(resolved("http://h/charts", "/web.tgz"), "http://h/web.tgz");
  equal(resolved("http://h/charts", "../../../../../web.tgz"), "http://h/web.tgz");
  equal(resolved("http://h/charts", "https://other/web.tgz"), "https://other/web.tgz");
  equal(resolved("https://h/charts", "//other/web.tgz"), "https://other/web.tgz");
});

Deno.test("sameAddress() does not mind slashes at the end", () => {
  ok(sameAddress("http://h/a/", "http://h/a"));
  ok(sameAddress("http://h", "http://h/"));
  ok(!sameAddress("http://h/a", "https://h/a"));
  ok(!sameAddress("http://h/a", "http://h/a?b"));
  ok(sameAddress("a//b", "a/b"));
});

Deno.test("sameHost() wants the same host and port, and never a step down to http", () => {
  ok(sameHost("https://h/a", "https://h/b"));
  ok(sameHost("https://h:443/a", "https://h/b"));
  ok(sameHost("http://H/a", "http://h/b"));
  ok(sameHost("http://h/a", "https://h/b"));
  for (
    const [owner, target] of [
      ["https://h/", "http://h/"],
      ["https://h/", "https://h:444/"],
      ["http://h:80/", "http://h:81/"],
      ["http://h:8080/", "https://h/"],
      ["https://h/", "https://evil.h/"],
      ["https://h/", "https://h.evil/"],
      ["https://h/", "https://h@evil/"],
      ["https://h/", "nonsense"],
      ["", "https://h/"],
    ] as const
  ) ok(!sameHost(owner, target), `${owner} ${target}`);
});

Deno.test("isRequestAddress() tells addresses and absolute paths from names", () => {
  for (const text of ["http://h", "alias:x", "/a"]) ok(isRequestAddress(text), text);
  for (const text of ["", "stable", "@stable", "a/b", ":"]) ok(!isRequestAddress(text), text);
});
