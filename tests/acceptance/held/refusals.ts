/**
 * Refusals by design: quotas, namespaces that are being deleted, admission
 * webhooks that deny or hang, finalizers. Records stay true, `--atomic` cleans
 * up, and once the reason is gone every command goes through.
 *
 * @module
 */
import type { Issued } from "../../_lib/certificates.ts";
import { authority, serverBy } from "../../_lib/certificates.ts";
import { testServer } from "../../_lib/tls_server.ts";
import { commandOf, firstLine, purge, recover } from "./recover.ts";
import { type Ground, type Row, sleep, type Tally } from "./row.ts";
import { type Ended, openSite, type Site, statusesOf, untruths } from "./site.ts";

/** The row. */
export const REFUSALS: Row = {
  name: "refusals",
  what: "quota, terminating namespace, webhook that denies or hangs, finalizers",
  play,
};

/** One case: something refuses, an operation meets it, it goes away, all goes on. */
interface Case {
  readonly name: string;
  /** Version 1 is installed first. */
  readonly isInstalled: boolean;
  /** Sets up what refuses, and returns what takes it away. */
  readonly refuse: (site: Site, release: string) => Promise<() => Promise<void>>;
  readonly args: (site: Site, release: string) => string[];
  /** The records right after it. */
  readonly wanted: string;
  /** The exit status. */
  readonly code: number;
  /** An object is on its way out and counts as missing. */
  readonly isLeavingGap?: boolean;
  /** The pattern that standard error must match. */
  readonly says?: RegExp;
}

const upgrade =
  (...flags: string[]) => (site: Site, release: string): string[] => ["upgrade", release, site.chart(2), ...flags];
const install =
  (...flags: string[]) => (site: Site, release: string): string[] => [...site.install(release, 1), ...flags];

const CASES: readonly Case[] = [
  ...[
    { name: "a quota refuses an install", isInstalled: false, args: install(), wanted: "1 FAILED", code: 1 },
    {
      name: "a quota refuses install --atomic",
      isInstalled: false,
      args: install("--atomic"),
      wanted: "none",
      code: 1,
    },
    { name: "a quota refuses an upgrade", isInstalled: true, args: upgrade(), wanted: "1 DEPLOYED, 2 FAILED", code: 1 },
    {
      name: "a quota refuses upgrade --atomic",
      isInstalled: true,
      args: upgrade("--atomic"),
      wanted: "1 SUPERSEDED, 2 SUPERSEDED, 3 DEPLOYED",
      code: 1,
    },
  ].map((one): Case => ({ ...one, refuse: quota, says: /exceeded quota/ })),
  ...["denies", "hangs"].flatMap((manner) =>
    [
      { name: `a webhook ${manner}: install`, isInstalled: false, args: install(), wanted: "1 FAILED", code: 1 },
      {
        name: `a webhook ${manner}: upgrade`,
        isInstalled: true,
        args: upgrade(),
        wanted: "1 DEPLOYED, 2 FAILED",
        code: 1,
      },
      {
        name: `a webhook ${manner}: upgrade --atomic`,
        isInstalled: true,
        args: upgrade("--atomic"),
        // The rollback is refused, too.
        wanted: "1 DEPLOYED, 2 SUPERSEDED, 3 FAILED",
        code: 1,
      },
    ].map((one): Case => ({ ...one, refuse: webhook(manner === "hangs"), says: /webhook/ }))
  ),
  {
    name: "a finalizer keeps an object of a purge",
    isInstalled: true,
    refuse: finalizer("configmaps", "a"),
    args: (_, release) => ["delete", "--purge", release],
    wanted: "none",
    code: 0,
    says: /held\.example\/keep/,
  },
  {
    name: "a finalizer keeps an object that an upgrade removes",
    isInstalled: true,
    refuse: finalizer("configmaps", "first"),
    args: upgrade(),
    wanted: "1 SUPERSEDED, 2 DEPLOYED",
    code: 0,
  },
  {
    name: "a finalizer keeps an object that install --replace wants",
    isInstalled: true,
    refuse: async (site, release) => {
      const allow = await finalizer("configmaps", "a")(site, release);
      const ended = await site.run(["delete", release]);
      if (ended.code !== 0) throw new Error(ended.stderr);
      return allow;
    },
    args: (site, release) => [...site.install(release, 1), "--replace"],
    // As in Helm 2; the object goes when its finalizer is removed, and the next upgrade makes it again.
    wanted: "1 SUPERSEDED, 2 DEPLOYED",
    code: 0,
    says: /ConfigMap\/\S+-a is marked for deletion/,
    isLeavingGap: true,
  },
  ...[
    { name: "a terminating namespace: install", isInstalled: false, args: install(), code: 1, wanted: "1 FAILED" },
    {
      name: "a terminating namespace: upgrade",
      isInstalled: true,
      args: upgrade(),
      code: 1,
      wanted: "1 DEPLOYED, 2 FAILED",
    },
    {
      name: "a terminating namespace: delete --purge",
      isInstalled: true,
      args: (_: Site, release: string) => ["delete", "--purge", release],
      code: 0,
      wanted: "none",
    },
  ].map((one): Case => ({ ...one, refuse: terminate })),
];

async function play(ground: Ground): Promise<Tally> {
  const wrong: string[] = [];
  const step = ground.scale(1, 6);
  const chosen = CASES.filter((_, index) => index % step === 0);
  for (const [index, one] of chosen.entries()) {
    const site = await openSite(ground, `refusal-${index}`);
    try {
      const { ended, problems } = await playCase(site, `f${index}`, one);
      ground.note(`${one.name}: exit status ${ended.code}`);
      wrong.push(...problems.map((text) => `${one.name}: ${text}\n${ended.stderr}`));
    } finally {
      await site.close();
    }
  }
  return { tried: `${chosen.length} cases`, wrong };
}

async function playCase(site: Site, release: string, one: Case): Promise<{ ended: Ended; problems: string[] }> {
  const problems: string[] = [];
  if (one.isInstalled) {
    const first = await site.run(site.install(release, 1));
    if (first.code !== 0) throw new Error(first.stderr);
  }
  const allow = await one.refuse(site, release);
  let ended: Ended;
  try {
    const args = one.args(site, release);
    ended = await site.run(args);
    const states = statusesOf(await site.history(release));
    if (ended.code !== one.code) problems.push(`${commandOf(args)} ended with ${firstLine(ended)}, not ${one.code}`);
    if (states !== one.wanted) problems.push(`the records are ${states}, not ${one.wanted}`);
    if (one.says !== undefined && !one.says.test(ended.stderr)) problems.push("what refused is not named");
    if (states.endsWith("DEPLOYED") && !one.isLeavingGap) problems.push(...await untruths(site, release));
  } finally {
    await allow();
  }
  await sleep(200);
  const states = statusesOf(await site.history(release));
  if (one.refuse === terminate) {
    // Nothing can be made there any more: the release can be forgotten, and that is all.
    problems.push(...(await purge(site, release)).wrong);
    return { ended, problems };
  }
  const next = states === "none" ? site.install(release, 1) : ["upgrade", release, site.chart(2)];
  problems.push(...(await recover(site, release, next)).wrong, ...(await purge(site, release)).wrong);
  return { ended, problems };
}

async function expectStatus(answer: Promise<{ status: number; body: unknown }>, what: string): Promise<void> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${what}: ${status} ${JSON.stringify(body)}`);
}

/** No further ConfigMap may be made. */
async function quota(site: Site): Promise<() => Promise<void>> {
  const path = `/api/v1/namespaces/${site.namespace}/resourcequotas`;
  const { body } = await site.ask("GET", `/api/v1/namespaces/${site.namespace}/configmaps`);
  const hard = { "count/configmaps": String(Math.max(1, (body["items"] as unknown[]).length)) };
  await expectStatus(
    site.ask("POST", path, { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "q" }, spec: { hard } }),
    "quota",
  );
  for (let n = 0; n < 100; n++) {
    const found = await site.ask("GET", `${path}/q`);
    if ((found.body as { status?: { used?: Record<string, string> } }).status?.used?.["count/configmaps"]) break;
    await sleep(100);
  }
  return () => expectStatus(site.ask("DELETE", `${path}/q`), "quota");
}

/** A webhook for changes of Services in the site's namespace: it denies, or never answers. */
function webhook(hangs: boolean): Case["refuse"] {
  return async (site) => {
    const ca: Issued = authority("held authority");
    const { cert, key } = serverBy(ca, { ips: ["127.0.0.1"] });
    const server = await testServer({ cert, key }, (request, answer) => {
      const parts: Uint8Array[] = [];
      request.on("data", (part) => parts.push(part));
      request.on("end", () => {
        if (hangs) return;
        const { uid } = JSON.parse(Buffer.concat(parts).toString()).request;
        const response = { uid, allowed: false, status: { message: "Services are frozen" } };
        answer.setHeader("content-type", "application/json");
        answer.end(JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response }));
      });
    });
    const path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
    const name = `${site.namespace}.held.example`;
    const rule = { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: ["services"] };
    await expectStatus(
      site.ask("POST", path, {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "ValidatingWebhookConfiguration",
        metadata: { name },
        webhooks: [{
          name,
          clientConfig: { url: `https://127.0.0.1:${server.port}/`, caBundle: btoa(ca.cert) },
          rules: [rule],
          failurePolicy: "Fail",
          sideEffects: "None",
          timeoutSeconds: 2,
          admissionReviewVersions: ["v1"],
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": site.namespace } },
        }],
      }),
      "webhook",
    );
    await sleep(1500); // the API server notices
    return async () => {
      await expectStatus(site.ask("DELETE", `${path}/${name}`), "webhook");
      await server.close();
      await sleep(1500);
    };
  };
}

/** An object is kept by a finalizer of a controller that is not there. */
function finalizer(plural: string, name: string): Case["refuse"] {
  return async (site, release) => {
    const path = `/api/v1/namespaces/${site.namespace}/${plural}/${release}-${name}`;
    const set = (finalizers: string[]) =>
      site.ask("PATCH", path, { metadata: { finalizers } }, "application/merge-patch+json");
    await expectStatus(set(["held.example/keep"]), "finalizer");
    return async () => {
      await set([]);
      await sleep(300);
    };
  };
}

/** The namespace is being deleted, and an object keeps it from being gone. */
async function terminate(site: Site): Promise<() => Promise<void>> {
  const path = `/api/v1/namespaces/${site.namespace}`;
  await expectStatus(
    site.ask("POST", `${path}/configmaps`, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "keeper", finalizers: ["held.example/keep"] },
    }),
    "keeper",
  );
  await expectStatus(site.ask("DELETE", path), "namespace");
  await sleep(1000);
  return async () => {
    await site.ask(
      "PATCH",
      `${path}/configmaps/keeper`,
      { metadata: { finalizers: [] } },
      "application/merge-patch+json",
    );
  };
}
