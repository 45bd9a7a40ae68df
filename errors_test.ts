import { equal, throws } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileError, SkegError, TemplateError } from "./errors.ts";

Deno.test("fileError() words a failure as Go does, and keeps its cause", () => {
  throws(() => {
    try {
      readFileSync("no/such/file");
    } catch (error) {
      throw fileError("open", "no/such/file", error);
    }
  }, (error: unknown) => {
    if (!(error instanceof SkegError)) return false;
    equal(error.message, "open no/such/file: no such file or directory");
    return error.kind === "io" && error.cause instanceof Error;
  });
});

Deno.test("fileError() keeps the message of a failure it does not know", () => {
  equal(fileError("read", "a", new Error("on fire")).message, "read a: on fire");
});

Deno.test("a SkegError holds no credentials: not in its message, its hint or its cause", () => {
  const inner = new TypeError("error sending request for url (http://h.io/?token=pw)");
  const cause = new Error("Invalid URL: 'http://ann:pw@h.io:x'", { cause: inner });
  const error = new SkegError("io", 'Get "http://ann:pw@h.io": no', { hint: "Try http://ann:pw@h.io/.", cause });
  equal(error.message, 'Get "http://ann:***@h.io": no');
  equal(error.hint, "Try http://ann:***@h.io/.");
  equal(Deno.inspect(error).includes("pw"), false);
  equal((error.cause as Error).message, "Invalid URL: 'http://ann:***@h.io:x'");
});

Deno.test("a SkegError keeps a cause without credentials as it is", () => {
  const cause = new Error("no");
  equal(new SkegError("io", "x", { cause }).cause, cause);
});

Deno.test("errors about charts and values quote what stands there", () => {
  equal(new TemplateError("fail: http://ann:pw@h.io").message, "fail: http://ann:pw@h.io");
  equal(new SkegError("usage", "parse http://ann:pw@h.io", { verbatim: true }).message, "parse http://ann:pw@h.io");
  equal(new SkegError("values", 'key "token=pw" has no value').message, 'key "token=pw" has no value');
});
