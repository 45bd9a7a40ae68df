import { equal } from "node:assert/strict";
import { isEmail, isRequestUrl, isUrl } from "./address.ts";

Deno.test("isRequestUrl() wants a scheme and what Go's parser takes", () => {
  const good = [
    "http://x",
    "HTTP://x",
    "mailto:a@b.c",
    "x:y",
    "http://[::1]:80/",
    "http://u:p@x",
    "http://é",
  ];
  const bad = [
    "",
    "x",
    "/x",
    "//x.y",
    "http://a b",
    "http://x/%zz",
    "http://x:y",
    "http://[::1",
    "1http://x",
    ":x",
    "*",
    "http://x\n",
  ];
  for (const text of good) equal(isRequestUrl(text), true, text);
  for (const text of [...bad, "http://x%20y/"]) equal(isRequestUrl(text), false, text);
});

Deno.test("isUrl() takes hosts without a scheme", async () => {
  for (const text of ["x.yz", "localhost:80", "http://localhost", "ftp://x.y/z?q#f", "192.168.0.1", "a.b/c"]) {
    equal(await isUrl(text), true, text);
  }
  for (
    const text of [
      "",
      "abc",
      "localhost",
      ".x.y",
      "http://",
      "git://x.y",
      "http://x.y:port",
      "http://a b",
      "x.y:999999",
    ]
  ) {
    equal(await isUrl(text), false, text);
  }
});

Deno.test("isEmail() wants a name and a domain with a dot", async () => {
  for (const text of ["a@b.c", "A.B+c@d-e.example.com", "é@ü.de", "a@b.c."]) equal(await isEmail(text), true, text);
  for (const text of ["a", "a@b", "a b@c.d", ".a@b.c", '"a b"@c.d', "a@b..c"]) equal(await isEmail(text), false, text);
});

Deno.test("isEmail() and isUrl() take no longer for texts made to confuse", async () => {
  const started = performance.now();
  equal(await isEmail(`a@${"a.".repeat(5000)}!`), false);
  equal(await isUrl(`http://${"a-".repeat(900)}!`), false);
  equal(performance.now() - started < 5000, true);
});
