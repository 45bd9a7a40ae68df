import { deepEqual, equal } from "node:assert/strict";
import type { FollowedHeads, OutlineOptions, ReleaseOutlines } from "../../engine/release/mod.ts";
import { FollowedFleet } from "./followed_fleet.ts";
import { Queue } from "./queue.ts";

/** A cluster whose heads come from a queue. Each outline says how many heads it was made of; -1: the cluster was asked. */
function fakeCluster() {
  const states = new Queue<FollowedHeads>();
  const calls: string[] = [];
  const source = {
    async *follow({ signal }: { readonly signal?: AbortSignal | undefined } = {}) {
      calls.push("follow");
      signal?.addEventListener("abort", () => calls.push("end"));
      yield* states.read();
    },
    outlines({ heads }: OutlineOptions = {}): Promise<ReleaseOutlines> {
      calls.push(heads === undefined ? "list" : "make");
      return Promise.resolve({ revisions: [], releases: 0, records: heads?.length ?? -1, version: "" });
    },
  };
  const push = (count: number, problem = ""): void => {
    const head = { key: "web.v1", name: "web", revision: 1, status: "DEPLOYED", certain: true } as const;
    states.push({ heads: new Array(count).fill(head), releases: new Set(count > 1 ? ["web"] : []), problem });
  };
  return { source, push, calls };
}

const { signal } = new AbortController();

Deno.test("FollowedFleet makes one list of the heads that it follows, and a new one after a change", async () => {
  const { source, push, calls } = fakeCluster();
  const fleet = new FollowedFleet(source, 0);
  equal((await fleet.outlines({ signal })).records, -1);
  const release = fleet.hold();
  const changed = Promise.withResolvers<ReadonlySet<string> | undefined>();
  fleet.listen(changed.resolve);
  push(1);
  equal((await fleet.outlines({ signal })).records, 1);
  equal((await fleet.outlines({ signal })).records, 1);
  deepEqual([fleet.newestRevision("web"), fleet.newestRevision("other")], [1, undefined]);
  equal((await fleet.outlines({ isFresh: true, signal })).records, -1);
  push(2);
  deepEqual([...await changed.promise ?? []], ["web"]);
  equal((await fleet.outlines({ signal })).records, 2);
  deepEqual(calls, ["list", "follow", "make", "list", "make"]);
  release();
  await new Promise((resolve) => setTimeout(resolve, 5));
  equal(calls.at(-1), "end");
  equal((await fleet.outlines({ signal })).records, -1);
  equal(fleet.newestRevision("web"), undefined);
  fleet.close();
});

Deno.test("FollowedFleet asks the cluster while its records cannot be watched", async () => {
  const { source, push } = fakeCluster();
  const fleet = new FollowedFleet(source, 0);
  fleet.hold();
  push(1, "records are listed every 5 seconds");
  equal((await fleet.outlines({ signal })).records, -1);
  fleet.close();
});

Deno.test("FollowedFleet goes on for a page that is loaded again", async () => {
  const { source, push, calls } = fakeCluster();
  const fleet = new FollowedFleet(source, 60_000);
  const release = fleet.hold();
  push(1);
  await fleet.outlines({ signal });
  release();
  fleet.hold();
  equal((await fleet.outlines({ signal })).records, 1);
  deepEqual(calls, ["follow", "make"]);
  fleet.close();
});
