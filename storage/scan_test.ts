import { deepEqual, equal, rejects } from "node:assert/strict";
import type { Release, StatusCode } from "../engine/model/mod.ts";
import { someRelease } from "../tests/_lib/releases.ts";
import { configMapDriver } from "./configmap.ts";
import type { ObjectCall, RecordObject } from "./driver.ts";
import { memoryDriver } from "./memory.ts";
import { encodeRecord } from "./record.ts";
import { scanDeployed } from "./scan.ts";
import { secretDriver } from "./secret.ts";

function object(release: Release, wrap: (text: string) => string): RecordObject {
  return { metadata: { name: `${release.name}.v${release.revision}` }, data: { release: wrap(encodeRecord(release)) } };
}

/** Answers with two pages, and records requests. */
function serverOf(pages: readonly (readonly RecordObject[])[], asked: string[]): ObjectCall {
  return (_method, path) => {
    asked.push(path);
    const at = Number(new URL(path, "http://server").searchParams.get("continue") || "0");
    const metadata = at + 1 < pages.length ? { continue: String(at + 1) } : {};
    return Promise.resolve({ status: 200, body: { kind: "List", items: pages[at], metadata } });
  };
}

async function scanned(driver: Parameters<typeof scanDeployed>[0]): Promise<string[]> {
  const seen: string[] = [];
  await scanDeployed(driver, ({ name, revision }) => seen.push(`${name}.v${revision}`));
  return seen;
}

for (const [driverOf, wrap] of [[configMapDriver, (text: string) => text], [secretDriver, btoa]] as const) {
  Deno.test(`scanDeployed() reads page by page what ${driverOf.name} keeps, and passes over what it cannot read`, async () => {
    const asked: string[] = [];
    const release = (name: string, status: StatusCode) => object(someRelease({ name, status }), wrap);
    const broken = { metadata: { name: "broken.v1" }, data: { release: wrap("no record") } };
    const pages = [[release("a", "DEPLOYED"), release("b", "FAILED"), broken], [release("c", "DEPLOYED")]];
    deepEqual(await scanned(driverOf(serverOf(pages, asked), "records")), ["a.v1", "c.v1"]);
    equal(asked.length, 2);
    const selector = new URL(asked[0] ?? "", "http://server").searchParams.get("labelSelector");
    equal(
      selector,
      "OWNER=TILLER,STATUS notin (DELETED,SUPERSEDED,FAILED,DELETING,PENDING_INSTALL,PENDING_UPGRADE,PENDING_ROLLBACK)",
    );
  });
}

Deno.test("scanDeployed() begins again when a page is not to be had any more", async () => {
  const first = object(someRelease({ name: "a" }), (text) => text);
  const call: ObjectCall = (_method, path) => {
    const token = new URL(path, "http://server").searchParams.get("continue");
    if (token === "old") return Promise.resolve({ status: 410, body: {} });
    return Promise.resolve({
      status: 200,
      body: { kind: "List", items: [first], metadata: token === null ? {} : { continue: "old" } },
    });
  };
  deepEqual([...new Set(await scanned(configMapDriver(call, "records")))], ["a.v1"]);
});

Deno.test("scanDeployed() rejects in the server's words when records may not be listed", async () => {
  const call: ObjectCall = () =>
    Promise.resolve({ status: 403, body: { message: "not for you", reason: "Forbidden" } });
  await rejects(scanned(configMapDriver(call, "records")), { message: "not for you", status: 403 });
});

Deno.test("scanDeployed() needs no cluster", async () => {
  const store = new Map([["a.v1", someRelease({ name: "a" })], [
    "b.v1",
    someRelease({ name: "b", status: "DELETED" }),
  ]]);
  deepEqual(await scanned(memoryDriver(store)), ["a.v1"]);
});
