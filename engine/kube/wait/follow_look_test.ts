/** Looks that follow a server which forbids, fails and changes. */
import { deepEqual, equal, match } from "node:assert/strict";
import type { KubeObject } from "../../model/mod.ts";
import { type FakeServer, fakeServer, refusal } from "../../../tests/_lib/fake_kube_server.ts";
import type { ResourceInfo } from "../types.ts";
import { followLook } from "./follow_look.ts";
import type { ClusterLook } from "./look.ts";

const CORE = "/api/v1/namespaces/here";
const POD = `${CORE}/pods/web`;

function podInfo(): ResourceInfo {
  const resource = { group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true };
  return { resource, name: "web", namespace: "here", object: { kind: "Pod", metadata: { name: "web" } } };
}

function pod(ready: boolean): KubeObject {
  const conditions = [{ type: "Ready", status: ready ? "True" : "False" }];
  return { metadata: { name: "web", uid: "1" }, spec: {}, status: { phase: "Running", conditions } };
}

/** Takes looks until `enough` says so, or the time is over. */
async function looksAt(
  fake: FakeServer,
  pollMs: number | undefined,
  enough: (look: ClusterLook, count: number) => boolean,
): Promise<ClusterLook[]> {
  const stop = AbortSignal.timeout(60_000);
  const looks: ClusterLook[] = [];
  for await (const look of followLook(fake.transport, [podInfo()], { signal: stop, pollMs })) {
    looks.push(look);
    if (enough(look, looks.length)) return looks;
  }
  throw new Error(`the time is over after ${looks.length} looks: ${JSON.stringify(looks.at(-1))}`);
}

const stateOf = ({ objects: [object] }: ClusterLook): string | undefined => object?.state;
const listsIn = ({ log }: FakeServer): number =>
  log.filter((line) => line.includes("/pods?") && !line.includes("watch=true")).length;

Deno.test("a look is followed by another after each change, without a second list", async () => {
  const fake = fakeServer();
  fake.put(POD, pod(false));
  const looks = await looksAt(fake, undefined, (look, count) => {
    if (count === 1) setTimeout(() => fake.put(POD, pod(true)), 50);
    return stateOf(look) === "ready";
  });
  deepEqual([stateOf(looks[0] as ClusterLook), looks.at(-1)?.problems], ["progress", []]);
  equal(listsIn(fake), 1);
});

Deno.test("without the right to watch, lists are read as often as asked, and that is no problem of the objects", async () => {
  const fake = fakeServer();
  fake.put(POD, pod(false));
  fake.intercept = ({ path }) => path.includes("watch=true") ? refusal(403, "Forbidden", "no") : undefined;
  const looks = await looksAt(fake, 200, (look, count) => {
    if (count === 1) fake.put(POD, pod(true));
    return stateOf(look) === "ready";
  });
  deepEqual(looks.at(-1)?.problems, []);
});

Deno.test("a server that fails later is a problem, the objects stay as they were, and it passes", async () => {
  const fake = fakeServer();
  fake.put(POD, pod(true));
  let isDown = false;
  fake.intercept = ({ path }) => {
    // A watch that ends at once makes the next request soon.
    if (isDown) return refusal(500, "InternalError", "etcd is away");
    return path.includes("watch=true") ? new Response("") : undefined;
  };
  const looks = await looksAt(fake, undefined, (look, count) => {
    if (count === 1) isDown = true;
    if (look.problems.length > 0) isDown = false;
    return count > 1 && look.problems.length === 0;
  });
  const failed = looks.find(({ problems }) => problems.length > 0);
  match(failed?.problems[0] ?? "", /etcd is away/);
  equal(stateOf(failed as ClusterLook), "ready");
});
