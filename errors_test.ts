import { equal, throws } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileError, SkegError } from "./errors.ts";

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
