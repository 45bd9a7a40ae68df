import { equal } from "node:assert/strict";
import { ownHosts, refusalOf } from "./guards.ts";

const isDocument = (path: string): boolean => path === "/";

function statusFor(url: string, headers: Record<string, string>, method = "GET"): number | undefined {
  return refusalOf({ method, url, headers: new Headers(headers) }, 80, isDocument)?.status;
}

Deno.test("refusalOf() lets requests to each of the own names pass", () => {
  for (const host of ownHosts(80)) {
    // The address loses a port that is its scheme's own.
    equal(statusFor(`http://${host.replace(":80", ":8080")}/`, { host: host.replace(":80", ":8080") }), 421);
  }
  for (const host of ownHosts(8080)) {
    const head = { method: "GET", url: `http://${host}/`, headers: new Headers({ host }) };
    equal(refusalOf(head, 8080, isDocument), undefined);
  }
});

Deno.test("refusalOf() checks the name before the address, the method and the origin", () => {
  equal(statusFor("not an address", { host: "evil.example", origin: "null" }, "DELETE"), 421);
  equal(statusFor("", { host: "127.0.0.1:80" }), 400);
  equal(statusFor(`http://127.0.0.1:80/${"a".repeat(9000)}`, { host: "127.0.0.1:80" }), 414);
});
