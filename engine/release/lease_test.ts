import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { chartFromFiles } from "../chart/load/mod.ts";
import { createKubeClient, type KubeRequest, type Transport } from "../kube/mod.ts";
import { openSandbox } from "../sandbox/mod.ts";
import { configMapDriver } from "../../storage/mod.ts";
import { objectCallOf } from "../../tests/_lib/object_call.ts";
import { limited } from "../../tests/_lib/rbac.ts";
import type { Environment, ReleaseEvent } from "./environment.ts";
import { leaseOf, refuseIfLeased, withLease } from "./lease.ts";
import { install, rollback, uninstall, upgrade } from "./operations.ts";

const CHART = chartFromFiles({
  "Chart.yaml": "name: web\nversion: 1.0.0\n",
  "templates/config.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {n: {{ .Release.Revision | quote }}}\n",
});

/** One cluster with a clock that tests set, and any number of processes on it. */
interface Stage {
  clock: number;
  readonly requests: KubeRequest[];
  readonly events: ReleaseEvent[];
  readonly process: (holder: string, through?: (transport: Transport) => Transport) => Environment;
  readonly leases: () => Promise<string[]>;
}

async function stage(): Promise<Stage> {
  const cluster = await openSandbox();
  const [requests, events]: [KubeRequest[], ReleaseEvent[]] = [[], []];
  const made: Stage = {
    clock: 1_700_000_000,
    requests,
    events,
    process(holder, through = (transport) => transport) {
      const transport = through(async (request) => {
        requests.push(request);
        const answer = await cluster.transport(request);
        // Without the server's time, the clock below counts.
        answer.headers.delete("date");
        return answer;
      });
      return {
        kube: createKubeClient({ ...cluster, transport }),
        driver: configMapDriver(objectCallOf(transport), "kube-system"),
        clock: () => ({ seconds: made.clock, nanos: 0 }),
        random: () => 0,
        report: (event) => events.push(event),
        historyMax: 0,
        lease: { describe: () => Promise.resolve(holder) },
      };
    },
    async leases() {
      const answer = await cluster.transport({
        method: "GET",
        path: "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases",
      });
      const { items } = await answer.json() as { items: { metadata: { name: string } }[] };
      return items.map(({ metadata }) => metadata.name);
    },
  };
  return made;
}

const web = { name: "web", operation: "upgrade" };

Deno.test("withLease() holds a lease while the work runs, and deletes it after success and failure", async () => {
  const { process, leases } = await stage();
  const env = process("ann");
  equal(await withLease(env, web, async () => (await leases()).join()), "skeg.web");
  deepEqual(await leases(), []);
  await rejects(withLease(env, web, () => Promise.reject(new Error("no"))), { message: "no" });
  deepEqual(await leases(), []);
});

Deno.test("withLease() refuses while another process holds the lease, and says who and since when", async () => {
  const made = await stage();
  const [ann, bob] = [made.process("ann@a, process 1"), made.process("bob@b, process 2")];
  await withLease(ann, web, async () => {
    made.clock += 7;
    await rejects(withLease(bob, web, () => Promise.resolve()), (error: Error & { kind: string; hint: string }) => {
      equal(error.message, "another operation (install/upgrade/rollback) is in progress");
      equal(error.kind, "conflict");
      match(
        error.hint,
        /^ann@a, process 1 began the upgrade of release "web" 7 seconds ago, at 2023-11-14T22:13:20Z\./,
      );
      match(error.hint, /try again in 23 seconds\. SKEG_LEASE=off works without this check\.$/);
      return true;
    });
    const lease = await leaseOf(bob, "web");
    deepEqual([lease?.holder, lease?.operation, lease?.secondsLeft], ["ann@a, process 1", "upgrade", 23]);
    await rejects(refuseIfLeased(bob, "web"), { kind: "conflict" });
    await refuseIfLeased(bob, "other");
    // Another release is not concerned.
    equal(await withLease(bob, { ...web, name: "other" }, () => Promise.resolve("done")), "done");
  });
  deepEqual(await made.leases(), []);
});

Deno.test("withLease() takes over a lease whose holder was killed, after its duration and not before", async () => {
  const made = await stage();
  const env = made.process("ann");
  // A process that is killed neither renews nor deletes.
  const killed = made.process(
    "dead",
    (transport) => (request) =>
      request.method === "DELETE" ? Promise.resolve(Response.json({}, { status: 500 })) : transport(request),
  );
  await withLease(killed, web, () => Promise.resolve());
  deepEqual(await made.leases(), ["skeg.web"]);
  made.clock += 30 - 1;
  await rejects(withLease(env, web, () => Promise.resolve()), { kind: "conflict" });
  made.clock += 1;
  equal((await leaseOf(env, "web"))?.secondsLeft, 0);
  await refuseIfLeased(env, "web");
  equal(await withLease(env, web, async () => (await leaseOf(env, "web"))?.holder), "ann");
  ok(
    made.events.some((event) =>
      event.type === "note" && /^dead left the lease of release "web" behind/.test(event.text)
    ),
  );
  deepEqual(await made.leases(), []);
});

Deno.test("withLease() does not delete a lease that another process has taken over", async () => {
  const made = await stage();
  const [slow, next] = [made.process("slow"), made.process("next")];
  const ended = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const work = withLease(slow, web, () => {
    begun.resolve();
    return ended.promise;
  });
  await begun.promise;
  made.clock += 31;
  await withLease(next, web, async () => {
    ended.resolve();
    await work;
    equal((await leaseOf(next, "web"))?.holder, "next");
  });
  deepEqual(await made.leases(), []);
});

Deno.test("withLease() works without a lease where the user may have none, or the API is missing", async () => {
  const made = await stage();
  const refused = made.process("ann", (transport) => {
    const rules = [{ apiGroups: [""], resources: ["*"], verbs: ["*"] }];
    return limited(transport, [{ kind: "ClusterRole", rules }]);
  });
  equal(await withLease(refused, web, () => Promise.resolve("done")), "done");
  const missing = made.process(
    "ann",
    (transport) => (request) =>
      request.path.startsWith("/apis/coordination")
        ? Promise.resolve(new Response("", { status: 404 }))
        : transport(request),
  );
  equal(await withLease(missing, web, () => Promise.resolve("done")), "done");
  const cut = made.process(
    "ann",
    (transport) => (request) =>
      request.path.startsWith("/apis/coordination") ? Promise.reject(new TypeError("cut")) : transport(request),
  );
  equal(await withLease(cut, web, () => Promise.resolve("done")), "done");
  equal(await leaseOf(missing, "web"), undefined);
  deepEqual(made.events, []);
});

Deno.test("operations send one request for the lease at the beginning and one at the end, dry runs none", async () => {
  const { process, requests, leases } = await stage();
  const env = process("ann");
  const options = { chart: CHART, name: "web" };
  const sent = async (work: () => Promise<unknown>): Promise<string[]> => {
    requests.length = 0;
    await work();
    return requests.filter(({ path }) => path.includes("/leases")).map(({ method }) => method);
  };
  deepEqual(await sent(() => install(env, { ...options, namespace: "default", dryRun: true })), []);
  deepEqual(await sent(() => install(env, { ...options, namespace: "default" })), ["POST", "DELETE"]);
  deepEqual(await sent(() => upgrade(env, options)), ["POST", "DELETE"]);
  deepEqual(await sent(() => rollback(env, { name: "web", revision: 1 })), ["POST", "DELETE"]);
  deepEqual(await sent(() => upgrade(env, { ...options, name: "no" }).catch(() => {})), []);
  deepEqual(await sent(() => uninstall(env, { name: "web", purge: true })), ["POST", "DELETE"]);
  deepEqual(await sent(() => install({ ...env, lease: undefined }, { ...options, namespace: "default" })), []);
  deepEqual(await leases(), []);
});

Deno.test("an operation refused by a lease changes nothing; one that is cancelled gives its lease back", async () => {
  const made = await stage();
  const [ann, bob] = [made.process("ann"), made.process("bob")];
  await install(ann, { chart: CHART, name: "web", namespace: "default" });
  await withLease(bob, web, async () => {
    made.requests.length = 0;
    await rejects(upgrade(ann, { chart: CHART, name: "web" }), { message: /is in progress/ });
    await rejects(uninstall(ann, { name: "web" }), { message: /is in progress/ });
    deepEqual(made.requests.filter(({ method, path }) => method !== "GET" && !path.includes("/leases")), []);
  });
  const stop = new AbortController();
  const cancelled = made.process("ann", (transport) => (request) => {
    if (request.method === "POST" && request.path.includes("/configmaps")) stop.abort();
    return transport(request);
  });
  await rejects(upgrade({ ...cancelled, signal: stop.signal }, { chart: CHART, name: "web" }));
  deepEqual(await made.leases(), []);
});

Deno.test("an operation that a PENDING record stops says who works on it, if that one holds the lease", async () => {
  const made = await stage();
  const [ann, bob] = [made.process("ann"), made.process("bob")];
  await install(ann, { chart: CHART, name: "web", namespace: "default" });
  let hint: string | undefined;
  const during = made.process("ann", (transport) => async (request) => {
    // The record of the new revision is there, and its objects are not.
    if (request.method === "PATCH" && hint === undefined) {
      hint = "";
      await rejects(upgrade(bob, { chart: CHART, name: "web" }), (error: Error & { hint: string }) => {
        equal(error.message, "another operation (install/upgrade/rollback) is in progress");
        hint = error.hint;
        return true;
      });
    }
    return await transport(request);
  });
  await upgrade(during, { chart: CHART, name: "web" });
  match(hint ?? "", /^ann began the upgrade of release "web" 0 seconds ago, at /);
});

Deno.test("two operations at the same moment: the lease lets one through, and nothing stays behind", async () => {
  const made = await stage();
  await install(made.process("zero"), { chart: CHART, name: "web", namespace: "default" });
  const outcomes = await Promise.allSettled(
    ["ann", "bob", "cy"].map((holder) => upgrade(made.process(holder), { chart: CHART, name: "web" })),
  );
  equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
  deepEqual(await made.leases(), []);
});

/** Loses the answers of requests that `loses` names; they are carried out. */
function losing(loses: (request: KubeRequest) => boolean): (transport: Transport) => Transport {
  return (transport) => async (request) => {
    const answer = await transport(request);
    if (!loses(request)) return answer;
    await answer.body?.cancel();
    throw new TypeError("connection reset");
  };
}

/** Replaces the timer of renewals: `renew` runs one and waits until its requests are answered. */
function manualRenewals(): { readonly renew: () => Promise<void> } & Disposable {
  const real = globalThis.setInterval;
  let begin: (() => unknown) | undefined;
  const fake = (run: () => unknown): number => {
    begin = run;
    return 0;
  };
  Object.assign(globalThis, { setInterval: fake });
  return {
    renew: async () => void await begin?.(),
    [Symbol.dispose]: () => void Object.assign(globalThis, { setInterval: real }),
  };
}

Deno.test("withLease() keeps its lease when the answer to a renewal is lost, and deletes it at the end", async () => {
  for (const renewals of [1, 2, 3]) {
    using timer = manualRenewals();
    const made = await stage();
    let puts = 0;
    const ann = made.process("ann", losing(({ method }) => method === "PUT" && ++puts === 1));
    await withLease(ann, web, async () => {
      for (let renewal = 1; renewal <= renewals; renewal++) {
        made.clock += 10;
        await timer.renew();
      }
      equal((await leaseOf(made.process("bob"), "web"))?.secondsLeft, 30);
    });
    deepEqual([await made.leases(), made.events], [[], []]);
    equal(puts > 0, true);
  }
});

Deno.test("withLease() warns once when another operation has taken over its lease, and leaves it there", async () => {
  using timer = manualRenewals();
  const made = await stage();
  const [slow, next] = [made.process("slow"), made.process("next")];
  await withLease(slow, web, async () => {
    const path = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/skeg.web";
    const lease = (await next.driver.place?.call("GET", path))?.body as { metadata: object };
    const annotations = { "skeg.dev/operation-id": "that of next" };
    await next.driver.place?.call("PUT", path, { ...lease, metadata: { ...lease.metadata, annotations } });
    await timer.renew();
    await timer.renew();
  });
  deepEqual(made.events.map(({ type }) => type), ["warning"]);
  deepEqual(await made.leases(), ["skeg.web"]);
});

Deno.test("withLease() has its lease although the answer to the request for it was lost", async () => {
  const made = await stage();
  const ann = made.process("ann", losing(({ method, path }) => method === "POST" && path.endsWith("/leases")));
  await withLease(ann, web, async (inner) => {
    equal((await leaseOf(ann, "web"))?.holder, "ann");
    await refuseIfLeased(inner, "web");
    await rejects(refuseIfLeased(made.process("bob"), "web"), { kind: "conflict" });
  });
  deepEqual(await made.leases(), []);
});

/** Creates the lease of "web" as another client has it. */
async function foreignLease({ driver }: Environment, spec: Record<string, unknown>): Promise<void> {
  const metadata = { name: "skeg.web" };
  const body = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec };
  const path = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
  equal((await driver.place?.call("POST", path, body))?.status, 201);
}

Deno.test("a lease that was renewed in the future blocks for one duration, and longer only if it is renewed", async () => {
  const made = await stage();
  const env = made.process("ann");
  const renewTime = "2033-05-18T03:33:20.000000Z";
  await foreignLease(env, { holderIdentity: "ahead", leaseDurationSeconds: 86_400, renewTime });
  equal((await leaseOf(env, "web"))?.secondsLeft, 30);
  const refusal = (error: Error & { hint: string }) => {
    match(error.hint, /^ahead began the operation of release "web"\. Wait until it is done.*try again in 30 seconds\./);
    return true;
  };
  const path = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/skeg.web";
  let waited = 0;
  const waiting = (renews: boolean): Environment => ({
    ...env,
    lease: {
      describe: () => Promise.resolve("ann"),
      wait: async (seconds) => {
        made.clock += seconds;
        waited += seconds;
        if (!renews || waited !== 10) return;
        const lease = (await env.driver.place?.call("GET", path))?.body as { spec: object };
        await env.driver.place?.call("PUT", path, { ...lease, spec: { ...lease.spec, leaseTransitions: 1 } });
      },
    },
  });
  await rejects(withLease(waiting(true), web, () => Promise.resolve()), refusal);
  equal(waited, 10);
  waited = 0;
  await refuseIfLeased(waiting(false), "web");
  equal(waited, 30);
  waited = 0;
  equal(await withLease(waiting(false), web, async () => (await leaseOf(env, "web"))?.holder), "ann");
  equal(waited, 30);
  ok(
    made.events.some((event) => event.type === "note" && /which is in the future; if ahead does not/.test(event.text)),
  );
  deepEqual(await made.leases(), []);
});

Deno.test("a lease of another client blocks for 30 seconds after its renewal, whatever duration it has", async () => {
  const made = await stage();
  const env = made.process("ann");
  const renewTime = new Date((made.clock - 30) * 1000).toISOString();
  await foreignLease(env, { holderIdentity: "long", leaseDurationSeconds: 86_400, renewTime });
  equal(await withLease(env, web, () => Promise.resolve("done")), "done");
});
