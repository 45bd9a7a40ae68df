import { deepEqual, equal, throws } from "node:assert/strict";
import { formatUrl, hostName, parseUrl } from "./url.ts";

Deno.test("parseUrl() takes a URL apart", () => {
  deepEqual(parseUrl("HTTP://u:p%40@h:80/a%20b?q=1#f%20g"), {
    scheme: "http",
    opaque: "",
    user: { name: "u", password: "p@" },
    host: "h:80",
    path: "/a b",
    query: "q=1",
    fragment: "f g",
  });
  equal(parseUrl("mailto:a@b").opaque, "a@b");
  equal(hostName(parseUrl("http://[::1]:80/")), "::1");
});

Deno.test("parseUrl() words its errors as Go", () => {
  const errors: Record<string, string> = {
    ":x": 'parse ":x": missing protocol scheme',
    "http://ho st/": 'parse "http://ho st/": invalid character " " in host name',
    "http://h:x": 'parse "http://h:x": invalid port ":x" after host',
    "1:b": 'parse "1:b": first path segment in URL cannot contain colon',
    "/%zz": 'parse "/%zz": invalid URL escape "%zz"',
    "/#%": 'parse "/#%": invalid URL escape "%"',
    "\x7f": 'parse "\\u007f": net/url: invalid control character in URL',
  };
  for (const [text, message] of Object.entries(errors)) throws(() => parseUrl(text), { kind: "usage", message });
});

Deno.test("formatUrl() escapes what each part must not hold", () => {
  const nothing = parseUrl("");
  equal(formatUrl({ ...nothing, path: "a:b" }), "./a:b");
  equal(formatUrl({ ...nothing, scheme: "http", host: "h", path: "é" }), "http://h/%C3%A9");
  equal(formatUrl(parseUrl("http://user:pa:ss@host")), "http://user:pa%3Ass@host");
});
