import { equal } from "node:assert/strict";
import { decodePem, encodePem } from "./_pem.ts";

Deno.test("decodePem() finds the first whole block among other text and headers", () => {
  const block = encodePem("KEY", "a".repeat(100));
  equal(decodePem(`text\n-----BEGIN X-----\n${block}`), "a".repeat(100));
  equal(decodePem("-----BEGIN KEY-----\nProc-Type: 4\n\nYQ==\n-----END KEY-----\n"), "a");
  equal(decodePem("-----BEGIN KEY-----\r\nYQ==\r\n-----END KEY-----"), "a");
});

Deno.test("decodePem() comes to an end when no block does", () => {
  equal(decodePem("-----BEGIN A-----\n".repeat(2000)), undefined);
  equal(decodePem("-----BEGIN A-----"), undefined);
  equal(decodePem(""), undefined);
  equal(decodePem("-----BEGIN A-----\n!\n-----END A-----\n"), undefined);
});
