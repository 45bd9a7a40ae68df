/**
 * The test suite that every record driver must pass. Each driver's test file
 * calls it in one line.
 */
import { deepEqual, equal, rejects } from "node:assert/strict";
import {
  type Driver,
  fetchFirst,
  fetchRecords,
  isSameRecord,
  recordHeads,
  type RecordQuery,
  releaseKey,
} from "../../storage/mod.ts";
import { someRelease } from "./releases.ts";

/** Two drivers over the same storage, like those of two processes. */
export interface DriverPair {
  readonly driver: Driver;
  readonly other: Driver;
}

/** Options of {@linkcode driverSuite}. */
export interface DriverSuiteOptions {
  /** False for drivers of scripts, which have no records in their neutral form. Default: true. */
  readonly hasPlain?: boolean;
}

/** Declares the tests. `makePair` returns drivers over a new, empty storage. */
export function driverSuite(
  name: string,
  makePair: () => DriverPair,
  { hasPlain = true }: DriverSuiteOptions = {},
): void {
  Deno.test(`${name}: get() gives what create() wrote`, async () => {
    const { driver, other } = makePair();
    const release = someRelease({ revision: 3 });
    await driver.create(release);
    deepEqual(plain(await driver.get("web.v3")), plain(release));
    deepEqual(plain(await other.get("web.v3")), plain(release));
  });

  Deno.test(`${name}: get() of nothing rejects with not-found and Tiller's words`, async () => {
    const { driver } = makePair();
    await rejects(driver.get("web.v1"), { kind: "not-found", message: 'release: "web.v1" not found' });
  });

  // Pins Q3.
  Deno.test(`${name}: a name may hold ".v"`, async () => {
    const { driver } = makePair();
    await driver.create(someRelease({ name: "a.v2", revision: 1 }));
    equal((await driver.get("a.v2.v1")).name, "a.v2");
  });

  // Pins Q2.
  Deno.test(`${name}: create() of a revision that exists rejects with exists`, async () => {
    const { driver, other } = makePair();
    await driver.create(someRelease());
    const refused = { kind: "exists", message: 'release: "web.v1" already exists' };
    await rejects(driver.create(someRelease()), refused);
    await rejects(other.create(someRelease()), refused);
  });

  Deno.test(`${name}: of two who create one revision at once, one succeeds`, async () => {
    const { driver, other } = makePair();
    const results = await Promise.allSettled([driver.create(someRelease()), other.create(someRelease())]);
    deepEqual(results.map((result) => result.status).sort(), ["fulfilled", "rejected"]);
  });

  Deno.test(`${name}: update() replaces a record`, async () => {
    const { driver } = makePair();
    const first = await driver.create(someRelease());
    const second = await driver.update(someRelease({ status: "SUPERSEDED" }), { version: first });
    await driver.update(someRelease({ status: "DELETED" }), { version: second });
    equal((await driver.get("web.v1")).info.status.code, "DELETED");
  });

  Deno.test(`${name}: update() of nothing rejects with not-found and creates nothing`, async () => {
    const { driver } = makePair();
    await rejects(driver.update(someRelease()), { kind: "not-found" });
    deepEqual(await driver.list(), []);
  });

  // Pins Q1.
  Deno.test(`${name}: update() rejects with conflict when another client wrote since`, async () => {
    const { driver, other } = makePair();
    const mine = await driver.create(someRelease());
    const theirs = await other.update(someRelease({ status: "DELETING" }));
    await rejects(driver.update(someRelease({ status: "SUPERSEDED" }), { version: mine }), { kind: "conflict" });
    equal((await other.get("web.v1")).info.status.code, "DELETING");
    await other.update(someRelease({ status: "DELETED" }), { version: theirs });
  });

  Deno.test(`${name}: update() is guarded by the version that the caller holds, not by what was read since`, async () => {
    const { driver, other } = makePair();
    await driver.create(someRelease());
    const { recordVersion } = await driver.get("web.v1");
    const [queried] = await driver.query({ name: "web" });
    await other.update(someRelease({ status: "DELETING" }));
    await driver.get("web.v1");
    const late = someRelease({ status: "SUPERSEDED" });
    await rejects(driver.update(late, { version: recordVersion }), { kind: "conflict" });
    await rejects(driver.update(late, { version: queried?.recordVersion }), { kind: "conflict" });
    equal((await other.get("web.v1")).info.status.code, "DELETING");
  });

  Deno.test(`${name}: update() after reading anew succeeds`, async () => {
    const { driver, other } = makePair();
    const first = await driver.create(someRelease());
    await driver.update(someRelease({ status: "FAILED" }), { version: first });
    const [found] = await other.query({ name: "web" });
    await other.update(someRelease({ status: "SUPERSEDED" }), { version: found?.recordVersion });
    equal((await other.get("web.v1")).info.status.code, "SUPERSEDED");
  });

  Deno.test(`${name}: query() finds by name and by status`, async () => {
    const { driver } = makePair();
    await driver.create(someRelease({ revision: 1, status: "SUPERSEDED" }));
    await driver.create(someRelease({ revision: 2, status: "DEPLOYED" }));
    await driver.create(someRelease({ name: "webshop", revision: 1, status: "DEPLOYED" }));
    deepEqual(keys(await driver.query({ name: "web" })), ["web.v1", "web.v2"]);
    deepEqual(keys(await driver.query({ name: "web", status: "DEPLOYED" })), ["web.v2"]);
    deepEqual(keys(await driver.query({ status: "DEPLOYED" })), ["web.v2", "webshop.v1"]);
  });

  // Pins Q3.
  Deno.test(`${name}: query() that finds nothing rejects with not-found and the name`, async () => {
    const { driver } = makePair();
    const missing = { kind: "not-found", message: 'release: "web" not found' };
    await rejects(driver.query({ name: "web" }), missing);
    await driver.create(someRelease({ status: "FAILED" }));
    await rejects(driver.query({ name: "web", status: "DEPLOYED" }), missing);
  });

  Deno.test(`${name}: list() gives every record`, async () => {
    const { driver } = makePair();
    deepEqual(await driver.list(), []);
    for (let revision = 1; revision <= 25; revision++) await driver.create(someRelease({ revision }));
    equal((await driver.list()).length, 25);
  });

  Deno.test(`${name}: heads tell name, revision and status`, async () => {
    const { driver } = makePair();
    deepEqual(await recordHeads(driver, {}), []);
    await driver.create(someRelease({ name: "a.v2", revision: 3, status: "FAILED" }));
    await driver.create(someRelease({ revision: 12, status: "DEPLOYED" }));
    const failed = { key: "a.v2.v3", name: "a.v2", revision: 3, status: "FAILED", certain: true };
    const deployed = { key: "web.v12", name: "web", revision: 12, status: "DEPLOYED", certain: true };
    const heads = async (labels: RecordQuery) =>
      (await recordHeads(driver, labels)).map(({ createdAt: _, ...head }) => head);
    deepEqual(await heads({}), [failed, deployed]);
    deepEqual(await heads({ name: "web" }), [deployed]);
    deepEqual(await heads({ status: "FAILED" }), [failed]);
    deepEqual(await heads({ name: "nothing" }), []);
  });

  Deno.test(`${name}: records are fetched in the order of keys, without those that are gone`, async () => {
    const { driver, other } = makePair();
    for (const revision of [1, 2, 3]) await driver.create(someRelease({ revision }));
    deepEqual(
      (await fetchRecords(driver, ["web.v3", "web.v9", "web.v1"])).map(({ revision }) => revision),
      [3, 1],
    );
    const heads = await recordHeads(driver, { name: "web" });
    await other.delete("web.v1");
    const { releases, seen } = await fetchFirst(driver, heads, 1);
    deepEqual([releases.map(({ revision }) => revision), seen], [[2], 2]);
  });

  if (hasPlain) plainSuite(name, makePair);

  Deno.test(`${name}: delete() gives the record and removes it`, async () => {
    const { driver, other } = makePair();
    await driver.create(someRelease({ config: { raw: "a: 1\n" } }));
    equal((await other.delete("web.v1")).config?.raw, "a: 1\n");
    await rejects(driver.get("web.v1"), { kind: "not-found" });
    await rejects(driver.delete("web.v1"), { kind: "not-found", message: 'release: "web.v1" not found' });
  });
}

/** Declares the tests of records in their neutral form. */
function plainSuite(name: string, makePair: () => DriverPair): void {
  Deno.test(`${name}: records in their neutral form are created as they were listed, and found as records`, async () => {
    const [from, to] = [makePair().driver.plain, makePair()];
    const target = to.driver.plain;
    if (from === undefined || target === undefined) throw new Error("no records in their neutral form");
    const source = someRelease({ revision: 7, status: "FAILED", config: { raw: "a: ä\n" } });
    const writer = makePair();
    await writer.driver.create(source);
    const [record] = await writer.driver.plain?.list({ name: "web" }) ?? [];
    if (record === undefined) throw new Error("no record");
    deepEqual(await from.list({}), []);
    await target.create(record);
    await rejects(target.create(record), { kind: "exists", message: 'release: "web.v7" already exists' });
    const [found] = await target.list({ status: "FAILED" });
    equal(isSameRecord(found ?? record, target.held(record)), true);
    deepEqual(found?.labels, record.labels);
    deepEqual(plain(await to.other.get("web.v7")), plain(source));
    deepEqual((await recordHeads(to.other, { name: "web" })).map(({ revision }) => revision), [7]);
  });

  Deno.test(`${name}: a record in its neutral form is removed if nobody wrote it since`, async () => {
    const { driver, other } = makePair();
    await driver.create(someRelease());
    const [old] = await driver.plain?.list({}) ?? [];
    if (old === undefined) throw new Error("no record");
    await other.update(someRelease({ status: "FAILED" }));
    await rejects(async () => await driver.plain?.remove(old), { kind: "conflict" });
    const [now] = await driver.plain?.list({}) ?? [];
    if (now === undefined) throw new Error("the record was removed");
    await driver.plain?.remove(now);
    await driver.plain?.remove(now);
    deepEqual(await other.list(), []);
  });
}

function keys(releases: readonly { name: string; revision: number }[]): string[] {
  return releases.map((release) => releaseKey(release.name, release.revision)).sort();
}

/** Returns a copy without lazy parts, with the prototypes of literals. */
function plain(value: unknown): unknown {
  return structuredClone(value);
}
