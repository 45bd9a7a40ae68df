import { deepEqual, equal } from "node:assert/strict";
import { archivePluginName, cacheKey, isArchiveAddress, sourceParts } from "./place.ts";

for (
  const [source, key, name] of [
    ["https://example.com/a/hello-1.2.0.tgz", "https-example.com-a-hello-1.2.0.tgz", "hello"],
    ["http://ann:secret@example.com:8080/hello.tar.gz", "http-ann-example.com-8080-hello.tar.gz", "hello"],
    ["https://example.com/a/../..tgz", "https-example.com-a-..-..tgz", "."],
  ] as const
) {
  Deno.test(`an archive at ${source} has its place`, () => {
    equal(isArchiveAddress(source), true);
    equal(cacheKey(source), key);
    equal(archivePluginName(source), name);
  });
}

Deno.test("cacheKey() is one part of a path, whatever the source", () => {
  equal(cacheKey("git@github.com:user/hello"), "git-github.com-user-hello");
  equal(cacheKey("ssh://git@github.com/user/hello"), "ssh-git-github.com-user-hello");
  equal(cacheKey("git://example.com/../../x?y=../z#../w"), "git-example.com-..-..-x");
  equal(cacheKey("file:///a/b"), "file--a-b");
});

Deno.test("isArchiveAddress() wants a web server and the ending of an archive", () => {
  for (const source of ["ftp://h/x.tgz", "./x.tgz", "https://h/x.zip", "https://h/x.tgz?y"]) {
    equal(isArchiveAddress(source), false, source);
  }
});

Deno.test("sourceParts() takes addresses and the short form apart", () => {
  deepEqual(sourceParts("HTTPS://ann:x@h:1/p/q?r#s"), { scheme: "https", user: "ann", host: "h:1", path: "/p/q" });
  deepEqual(sourceParts("git@h:p/q"), { scheme: "ssh", user: "git", host: "h", path: "/p/q" });
  deepEqual(sourceParts("plain/path"), { scheme: "", user: "", host: "", path: "plain/path" });
});
