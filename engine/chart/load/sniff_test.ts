import { equal } from "node:assert/strict";
import { sniffContentType } from "./sniff.ts";

Deno.test("sniffContentType() names types as Go does", () => {
  const sniff = (text: string): string => sniffContentType(Uint8Array.from(text, (char) => char.charCodeAt(0)));
  equal(sniff("\x1f\x8b\x08"), "application/x-gzip");
  equal(sniff("PK\x03\x04"), "application/zip");
  equal(sniff("  <HTML>"), "text/html; charset=utf-8");
  equal(sniff("<body-ish"), "application/octet-stream");
  equal(sniff("%PDF-1.4"), "application/pdf");
  equal(sniff("text ".repeat(200)), "text/plain; charset=utf-8");
  equal(sniff("short text"), "application/octet-stream");
});
