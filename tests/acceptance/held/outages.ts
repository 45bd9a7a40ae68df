/**
 * The control plane itself fails while operations are under way.
 *
 * @module
 */
import type { Part, Plane } from "./plane.ts";
import { commandOf, firstLine, purge, recover } from "./recover.ts";
import { type Ground, type Row, sleep, type Tally } from "./row.ts";
import { type Ended, openSite, type Site, statusesOf, untruths } from "./site.ts";

const POLICY = { policy: "before-hook-creation,hook-succeeded" };

/** One failure: what is done, for how long, and what puts it right. */
interface Outage {
  readonly what: string;
  readonly part: Part;
  readonly manner: "killed" | "stopped";
  readonly seconds: number;
}

const OUTAGES: readonly Outage[] = [
  { what: "API server killed, back after 1 s", part: "kube-apiserver", manner: "killed", seconds: 1 },
  { what: "API server killed, back after 10 s", part: "kube-apiserver", manner: "killed", seconds: 10 },
  { what: "etcd stopped for 20 s", part: "etcd", manner: "stopped", seconds: 20 },
  { what: "etcd killed, back after 5 s", part: "etcd", manner: "killed", seconds: 5 },
  { what: "API server stopped for 30 s", part: "kube-apiserver", manner: "stopped", seconds: 30 },
  { what: "API server stopped for 75 s", part: "kube-apiserver", manner: "stopped", seconds: 75 },
  { what: "controller manager stopped for 15 s", part: "kube-controller-manager", manner: "stopped", seconds: 15 },
  { what: "controller manager killed, back after 5 s", part: "kube-controller-manager", manner: "killed", seconds: 5 },
];

/** Outages of a known length. */
export const OUTAGE: Row = {
  name: "outages",
  what:
    "API server killed (1 s, 10 s) or stopped (30 s, 75 s), etcd stopped (20 s) or killed (5 s), controller manager " +
    "stopped or killed, under an upgrade with hooks and --wait",
  needsPlane: true,
  play: async (ground) => {
    const chosen = ground.scale(1, 0) === 1 ? OUTAGES : OUTAGES.slice(0, 1);
    return await playOutages(ground, "outage", chosen, () => ground.random() * 1000);
  },
};

/** The API server dies at random moments. */
export const SERVER_KILLS: Row = {
  name: "server-kills",
  what: "API server kill -9 at random moments, back after 1 s",
  needsPlane: true,
  play: async (ground) => {
    const outage: Outage = { what: "API server killed", part: "kube-apiserver", manner: "killed", seconds: 1 };
    const outages = Array.from({ length: ground.scale(10, 1) }, () => outage);
    return await playOutages(ground, "serverkill", outages, () => ground.random() * 2500);
  },
};

async function playOutages(
  ground: Ground,
  label: string,
  outages: readonly Outage[],
  delayMs: () => number,
): Promise<Tally> {
  const { plane } = ground;
  if (plane === undefined) throw new Error("no control plane");
  const site = await openSite(ground, label);
  const wrong: string[] = [], ends: string[] = [];
  let done = 0;
  try {
    for (const [index, outage] of outages.entries()) {
      const release = `o${index}`;
      const { ended, problems } = await operateThrough(site, plane, release, outage, delayMs());
      if (ended.code === 0) done++;
      else ends.push(`${outage.what}: ${firstLine(ended)}`);
      wrong.push(...problems.map((text) => `${outage.what}: ${text}\n${ended.stderr}`));
      ground.note(`${outage.what}: ${ended.code === 0 ? "went on" : firstLine(ended)}`);
    }
    const remark = `${done} went on${ends.length === 0 ? "" : `; ${ends.join("; ")}`}`;
    return { tried: `${outages.length} outages`, wrong, remark };
  } finally {
    await site.close();
  }
}

async function operateThrough(
  site: Site,
  plane: Plane,
  release: string,
  { part, manner, seconds }: Outage,
  delayMs: number,
): Promise<{ ended: Ended; problems: string[] }> {
  const first = await site.run([...site.install(release, 1, POLICY), "--no-hooks"]);
  if (first.code !== 0) throw new Error(`install: ${first.stderr}`);
  const args = ["upgrade", release, site.chart(2, POLICY), "--wait", "--timeout", "120"];
  const running = site.start(args);
  // It is at work when its revision is recorded.
  while ((await site.history(release)).length < 2) await sleep(20);
  await sleep(delayMs);
  plane.signal(part, manner === "killed" ? "SIGKILL" : "SIGSTOP");
  await sleep(seconds * 1000);
  if (manner === "killed") plane.restart(part);
  else plane.signal(part, "SIGCONT");
  const ended = await running.ended;
  await plane.ready();
  const problems: string[] = [];
  const states = statusesOf(await site.history(release));
  if (ended.code === 0) {
    if (states !== "1 SUPERSEDED, 2 DEPLOYED") problems.push(`exit status 0, and the records are ${states}`);
    problems.push(...await untruths(site, release));
  } else if (states === "1 SUPERSEDED, 2 DEPLOYED") {
    problems.push(`${commandOf(args)} ended with an error, and it was done`);
  }
  await settled(site);
  problems.push(...(await recover(site, release, ["upgrade", release, site.chart(3), "--wait", "--no-hooks"])).wrong);
  problems.push(...(await purge(site, release)).wrong);
  return { ended, problems };
}

/** Waits until controllers work again: after an outage they take a while to notice. */
async function settled(site: Site): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${site.namespace}/deployments`;
  const name = `probe-${crypto.randomUUID().slice(0, 6)}`;
  const app = { matchLabels: { app: name } };
  const template = {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: "a", image: "example.invalid/a" }] },
  };
  await site.ask("POST", path, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: { replicas: 1, selector: app, template },
  });
  for (let n = 0; n < 600; n++) {
    const { body } = await site.ask("GET", `${path}/${name}`);
    if ((body as { status?: { readyReplicas?: number } }).status?.readyReplicas === 1) break;
    await sleep(500);
  }
  await site.ask("DELETE", `${path}/${name}`);
}
