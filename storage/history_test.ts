import { deepEqual, equal, rejects } from "node:assert/strict";
import { someRelease } from "../tests/_lib/releases.ts";
import type { StatusCode } from "../engine/model/mod.ts";
import type { Driver } from "./driver.ts";
import { createRecord, deployedRelease, deployedReleases, lastRelease, releaseHistory } from "./history.ts";
import { memoryDriver } from "./memory.ts";

/** A driver with revisions 1, 2, … of "web" in the given statuses. */
async function withStatuses(...statuses: StatusCode[]): Promise<Driver> {
  const driver = memoryDriver();
  for (const [index, status] of statuses.entries()) await driver.create(someRelease({ revision: index + 1, status }));
  return driver;
}

async function revisions(driver: Driver): Promise<number[]> {
  return (await releaseHistory(driver, "web")).map((release) => release.revision);
}

Deno.test("releaseHistory() is in the order of revisions", async () => {
  const driver = memoryDriver();
  for (const revision of [10, 2, 1]) await driver.create(someRelease({ revision }));
  deepEqual(await revisions(driver), [1, 2, 10]);
  equal((await lastRelease(driver, "web")).revision, 10);
});

Deno.test("lastRelease() of a name without records rejects with not-found", async () => {
  await rejects(lastRelease(memoryDriver(), "web"), { kind: "not-found", message: 'release: "web" not found' });
});

Deno.test("deployedRelease() is the newest of several", async () => {
  const driver = await withStatuses("DEPLOYED", "DEPLOYED", "FAILED");
  equal((await deployedRelease(driver, "web")).revision, 2);
  deepEqual((await deployedReleases(driver, "web")).map((release) => release.revision), [1, 2]);
});

Deno.test("deployedRelease() rejects in Tiller's words when nothing is deployed", async () => {
  const driver = await withStatuses("FAILED");
  const missing = { kind: "not-found", message: '"web" has no deployed releases' };
  await rejects(deployedRelease(driver, "web"), missing);
  await rejects(deployedReleases(driver, "nothing"), { message: '"nothing" has no deployed releases' });
});

Deno.test("createRecord() keeps everything without a limit", async () => {
  const driver = await withStatuses("SUPERSEDED", "SUPERSEDED", "DEPLOYED");
  await createRecord(driver, someRelease({ revision: 4 }), { historyMax: 0 });
  await createRecord(driver, someRelease({ revision: 5 }), { historyMax: -1 });
  deepEqual(await revisions(driver), [1, 2, 3, 4, 5]);
});

Deno.test("createRecord() removes the oldest so that the limit holds with the new one", async () => {
  const driver = await withStatuses("SUPERSEDED", "FAILED", "SUPERSEDED", "DEPLOYED");
  await createRecord(driver, someRelease({ revision: 5 }), { historyMax: 3 });
  deepEqual(await revisions(driver), [3, 4, 5]);
});

Deno.test("createRecord() never removes the newest deployed revision", async () => {
  const driver = await withStatuses("DEPLOYED", "FAILED", "FAILED");
  await createRecord(driver, someRelease({ revision: 4 }), { historyMax: 2 });
  deepEqual(await revisions(driver), [1, 4]);
  await createRecord(driver, someRelease({ revision: 5, status: "PENDING_UPGRADE" }), { historyMax: 1 });
  deepEqual(await revisions(driver), [4, 5]);
});

Deno.test("createRecord() does not spare an older revision that is marked deployed too", async () => {
  const driver = await withStatuses("DEPLOYED", "DEPLOYED");
  await createRecord(driver, someRelease({ revision: 3 }), { historyMax: 2 });
  deepEqual(await revisions(driver), [2, 3]);
});

// Pins Q5.
Deno.test("createRecord() removes nothing while nothing is deployed, and warns", async () => {
  const driver = await withStatuses("FAILED", "FAILED", "FAILED");
  const warnings: string[] = [];
  await createRecord(driver, someRelease({ revision: 4, status: "FAILED" }), {
    historyMax: 2,
    warn: (text) => warnings.push(text),
  });
  deepEqual(await revisions(driver), [1, 2, 3, 4]);
  equal(warnings.length, 1);
});

Deno.test("createRecord() goes on when an old record cannot be removed", async () => {
  const driver = await withStatuses("SUPERSEDED", "SUPERSEDED", "DEPLOYED");
  const stubborn: Driver = {
    ...driver,
    delete: (key) => key === "web.v1" ? Promise.reject(new Error("no")) : driver.delete(key),
  };
  await createRecord(stubborn, someRelease({ revision: 4 }), { historyMax: 2 });
  deepEqual(await revisions(driver), [1, 3, 4]);
});
