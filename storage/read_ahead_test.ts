import { withDetail } from "./detail.ts";
import { deepEqual, equal, rejects } from "node:assert/strict";
import { SkegError } from "../errors.ts";
import { someRelease } from "../tests/_lib/releases.ts";
import type { HeadsOptions, RecordHead, RecordReader } from "./driver.ts";
import { headOf } from "./heads.ts";
import { readAhead } from "./read_ahead.ts";

const releases = Array.from({ length: 40 }, (_, index) => someRelease({ name: `app-${index}` }));
const heads = releases.map(headOf);
const keys = heads.map(({ key }) => key);

/** Returns a reader that records requests, and lets the fetch of a head begin before the next head arrives. */
function reader(missing: readonly string[] = []) {
  const asked: string[] = [];
  const seen = { most: 0, beforeLast: 0 };
  let running = 0;
  const driver: RecordReader = {
    get: () => Promise.reject(new Error("not to be asked")),
    query: () => Promise.reject(new Error("not to be asked")),
    heads: async (_labels, options?: HeadsOptions): Promise<RecordHead[]> => {
      for (const head of heads) {
        options?.onHead?.(head);
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      seen.beforeLast = asked.length;
      return heads;
    },
    fetch: async ([key = ""], options) => {
      asked.push(key);
      seen.most = Math.max(seen.most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
      const release = missing.includes(key) ? undefined : releases[keys.indexOf(key)];
      return release === undefined ? [] : [withDetail(release, options?.detail)];
    },
  };
  return { driver, asked, seen };
}

Deno.test("records are fetched while heads come, each once, and given in the order that is asked for", async () => {
  const { driver, asked, seen } = reader([keys[3] ?? ""]);
  const ahead = readAhead(driver, { wants: ({ name }) => name !== "app-1", count: 10 });
  equal((await ahead.heads?.({}))?.length, 40);
  equal(seen.beforeLast > 0, true);
  equal(seen.most <= 6, true);
  const wanted = [...keys.slice(0, 12)].reverse();
  deepEqual(
    (await ahead.fetch?.(wanted))?.map(({ name }) => name),
    [11, 10, 9, 8, 7, 6, 5, 4, 2, 1, 0].map((n) => `app-${n}`),
  );
  deepEqual([...asked].sort(), keys.slice(0, 12).sort());
});

Deno.test("many records are fetched more at a time when no heads are in the way", async () => {
  const { driver, seen } = reader();
  const ahead = readAhead(driver, { wants: () => true, count: 0, detail: "outline" });
  deepEqual(await ahead.fetch?.(keys), releases.map((release) => withDetail(release, "outline")));
  equal(seen.most, 16);
});

Deno.test("a fetch that fails is told to who asks for records, and nothing more is fetched", async () => {
  const { driver, asked } = reader();
  const failing: RecordReader = {
    ...driver,
    fetch: async (some) => {
      await driver.fetch?.(some);
      throw new SkegError("kube", "forbidden");
    },
  };
  const ahead = readAhead(failing, { wants: () => true, count: Infinity });
  await ahead.heads?.({});
  await rejects(async () => await ahead.fetch?.(keys), { message: "forbidden" });
  equal(asked.length < 40, true);
});

Deno.test("a reader without heads is left as it is", () => {
  const { driver: { get, query } } = reader();
  const plain = { get, query };
  equal(readAhead(plain, { wants: () => true, count: 1 }), plain);
});
