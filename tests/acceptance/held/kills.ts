/**
 * Operations with hooks that are killed, or asked to stop, at random moments.
 * Whatever is tried next brings the release to a good end, and a purge leaves nothing.
 *
 * @module
 */
import type { KubeObject } from "../../../engine/model/mod.ts";
import { commandOf, purge, recover } from "./recover.ts";
import { type Ground, oneOf, type Row, sideBySide, sleep, type Tally } from "./row.ts";
import { type Ended, openSite, type Site, statusesOf, untruths, versionOf } from "./site.ts";

const VERBS = ["install", "upgrade", "rollback", "delete --purge"] as const;
type Verb = typeof VERBS[number];

/** Lives at the same time: most of a life is waiting for hooks. */
const WIDTH = 5;
const POLICIES = ["before-hook-creation", "before-hook-creation,hook-succeeded"] as const;

/** Flags that a stopped operation may have. */
const FLAGS: Readonly<Record<Verb, readonly string[][]>> = {
  install: [["--wait"], ["--atomic"], ["--wait", "--timeout", "60"]],
  upgrade: [["--wait"], ["--force"], ["--atomic"], ["--recreate-pods", "--wait"], ["--install", "--wait"]],
  rollback: [["--wait"], ["--force"], ["--recreate-pods"], ["--force", "--wait"]],
  "delete --purge": [[]],
};

const STATUSES: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

interface Counts {
  runs: number;
  /** Runs that a signal met, by signal. */
  readonly met: Map<string, number>;
  /** Those of them that came when something had been recorded or changed already. */
  midway: number;
  readonly wrong: string[];
  readonly foreign: Map<string, string>;
}

/** How a row kills. */
interface Manner {
  readonly label: string;
  readonly signals: readonly Deno.Signal[];
  /** With flags such as `--wait`. */
  readonly hasFlags: boolean;
  /** Policies of the chart's hooks. */
  readonly policies: readonly string[];
}

/** kill -9 alone. */
export const KILLS: Row = {
  name: "kills",
  what: "kill -9 in install, upgrade, rollback, delete --purge, with hooks",
  play: (ground) => playUntil(ground, MANNERS.kills, ground.scale(80, 5), { SIGKILL: ground.scale(63, 2) }),
};

/** Signals of all sorts. */
export const STOPS: Row = {
  name: "stops",
  what: "the same with --wait, --force, --atomic, --recreate-pods, and kill -9, SIGTERM, SIGINT, SIGHUP",
  play: (ground) =>
    playUntil(ground, MANNERS.stops, ground.scale(60, 5), {
      SIGKILL: ground.scale(17, 1),
      SIGTERM: ground.scale(18, 1),
      SIGINT: ground.scale(18, 1),
      SIGHUP: ground.scale(8, 1),
    }),
};

const MANNERS: Readonly<Record<"kills" | "stops", Manner>> = {
  kills: { label: "kill", signals: ["SIGKILL"], hasFlags: false, policies: POLICIES },
  stops: {
    label: "stop",
    signals: ["SIGKILL", "SIGTERM", "SIGTERM", "SIGINT", "SIGINT", "SIGHUP"],
    hasFlags: true,
    policies: [...POLICIES, "hook-succeeded"],
  },
};

/** Plays at least `runs` lives, and on until each signal has met an operation often enough. */
async function playUntil(
  ground: Ground,
  manner: Manner,
  runs: number,
  wanted: Readonly<Record<string, number>>,
): Promise<Tally> {
  const site = await openSite(ground, manner.label);
  const counts: Counts = { runs: 0, met: new Map(), midway: 0, wrong: [], foreign: new Map() };
  const timing = new Map<Verb, number>();
  try {
    // All at once, as in the lives that follow: then the durations are as theirs.
    await Promise.all(VERBS.map(async (verb) => timing.set(verb, await calmDuration(site, verb))));
    ground.note(`calm durations: ${[...timing].map(([verb, ms]) => `${verb} ${Math.round(ms)} ms`).join(", ")}`);
    const isEnough = (): boolean => Object.entries(wanted).every(([signal, n]) => (counts.met.get(signal) ?? 0) >= n);
    let next = 0;
    const most = runs * 4;
    await sideBySide(WIDTH, WIDTH, async () => {
      while ((next < runs || !isEnough()) && next < most) {
        const number = next++;
        // Signals that are still missing come first.
        const missing = manner.signals.filter((signal) => (counts.met.get(signal) ?? 0) < (wanted[signal] ?? 0));
        const signal = oneOf(ground.random, missing.length > 0 ? missing : manner.signals);
        await live(ground, site, manner, counts, { number, signal, timing });
      }
    });
    await checkForeign(site, counts);
    if (!isEnough()) counts.wrong.push(`too few signals met an operation: ${metText(counts)}`);
    const tried = `${counts.runs} runs, ${metText(counts)}; ${counts.midway} of these midway`;
    return { tried, wrong: counts.wrong };
  } finally {
    await site.close();
  }
}

function metText({ met }: Counts): string {
  return [...met].map(([signal, n]) => `${n} ${signal === "SIGKILL" ? "kill -9" : signal}`).join(", ");
}

/** Prepares an operation. Returns its arguments, and the number of revisions before it. */
async function prepare(
  site: Site,
  verb: Verb,
  release: string,
  policy: string,
): Promise<{ args: string[]; before: number }> {
  const good = async (...args: string[]): Promise<void> => {
    const ended = await site.run([...args, "--no-hooks"]);
    if (ended.code !== 0) throw new Error(`${commandOf(args)}: ${ended.stderr}`);
  };
  const shape = { policy };
  if (verb === "install") return { args: site.install(release, 1, shape), before: 0 };
  await good(...site.install(release, 1, shape));
  if (verb === "upgrade") return { args: ["upgrade", release, site.chart(2, shape)], before: 1 };
  await good("upgrade", release, site.chart(2, shape));
  return { args: verb === "rollback" ? ["rollback", release, "1"] : ["delete", "--purge", release], before: 2 };
}

async function calmDuration(site: Site, verb: Verb): Promise<number> {
  const release = `calm-${verb.split(" ")[0]}`;
  const { args } = await prepare(site, verb, release, POLICIES[0]);
  const began = performance.now();
  const ended = await site.run(args);
  const ms = performance.now() - began;
  if (ended.code !== 0) throw new Error(`${commandOf(args)}, undisturbed: ${ended.stderr}`);
  const { wrong } = await purge(site, release);
  if (wrong.length > 0) throw new Error(wrong.join("; "));
  return ms;
}

interface Chance {
  readonly number: number;
  readonly signal: Deno.Signal;
  /** Of each operation when nothing happens, in milliseconds. */
  readonly timing: ReadonlyMap<Verb, number>;
}

/** One release: what there was, the operation that is hit, a remedy, the end. */
async function live(ground: Ground, site: Site, manner: Manner, counts: Counts, chance: Chance): Promise<void> {
  const { random } = ground;
  const { number, signal } = chance;
  const verb = VERBS[number % VERBS.length] ?? "install";
  const release = `r${number}`;
  const policy = oneOf(random, signal === "SIGKILL" ? POLICIES : manner.policies);
  counts.foreign.set(release, await makeForeign(site, release));
  const { args, before } = await prepare(site, verb, release, policy);
  const flags = manner.hasFlags ? oneOf(random, FLAGS[verb]) : [];
  const untouched = await snapshot(site, release);
  const running = site.start([...args, ...flags]);
  const delayMs = (0.15 + random() * 0.9) * (chance.timing.get(verb) ?? 1000);
  const isEarly = await Promise.race([running.ended.then(() => false), sleep(delayMs).then(() => true)]);
  if (isEarly) running.kill(signal);
  const ended = await running.ended;
  counts.runs++;
  const wasMet = isEarly && (ended.signal === signal || ended.code === STATUSES[signal]);
  if (wasMet) counts.met.set(signal, (counts.met.get(signal) ?? 0) + 1);
  if (wasMet && await snapshot(site, release) !== untouched) counts.midway++;
  const context = `${commandOf([...args, ...flags])}, ${policy}, ${signal} after ${Math.round(delayMs)} ms ` +
    `(${ended.signal ?? ended.code})`;
  const wrong = await checkEnd(site, release, { verb, before, ended, signal, wasMet });
  await sleep(100); // what was on its way when the process was killed has arrived
  const remedy = oneOf(random, [
    args,
    ["upgrade", release, site.chart(2, { policy })],
    ["rollback", release, "0"],
    ["delete", "--purge", release],
  ]);
  const isGone = (await site.history(release)).length === 0;
  const recovery = await recover(site, release, isGone ? site.install(release, 1, { policy }) : remedy);
  const purged = await purge(site, release);
  wrong.push(...recovery.wrong, ...purged.wrong);
  const said = [ended.stderr, recovery.stderr, purged.stderr].join("\n");
  if (signal !== "SIGKILL") wrong.push(...await unnamedJobs(site, release, policy, said));
  counts.wrong.push(...wrong.map((text) => `${context}: ${text}\n${ended.stderr}`));
  for (const text of wrong) ground.note(`${context}: ${text}`);
  await removeJobs(site, release);
}

/** Records and objects, to be compared with those of later. */
async function snapshot(site: Site, release: string): Promise<string> {
  const objects = [...await site.objects(release)].map(([key, { metadata }]) => `${key} ${metadata?.uid}`);
  return [statusesOf(await site.history(release)), ...objects.sort()].join("\n");
}

/** Checks the facts that must hold right after the signal. */
async function checkEnd(
  site: Site,
  release: string,
  { verb, before, ended, signal, wasMet }: {
    verb: Verb;
    before: number;
    ended: Ended;
    signal: Deno.Signal;
    wasMet: boolean;
  },
): Promise<string[]> {
  const history = await site.history(release); // rejects when a record cannot be read
  const states = statusesOf(history);
  const wrong: string[] = [];
  if (verb !== "delete --purge" && history.length < before) wrong.push(`a revision is lost: ${states}`);
  if (signal !== "SIGKILL" && wasMet && ended.signal === null && states.includes("PENDING")) {
    wrong.push(`a PENDING revision stays after ${signal}: ${states}`);
  }
  if (!wasMet && ended.code !== 0) wrong.push(`it failed: ${ended.stderr}`);
  if (ended.code === 0 && ended.signal === null) {
    const newest = history.at(-1);
    const state = newest === undefined ? "none" : `${newest.revision} ${newest.info.status.code} ${versionOf(newest)}`;
    const wanted = {
      install: "1 DEPLOYED 1",
      upgrade: "2 DEPLOYED 2",
      rollback: "3 DEPLOYED 1",
      "delete --purge": "none",
    };
    if (state !== wanted[verb]) wrong.push(`exit status 0, and the newest record is ${state}, not ${wanted[verb]}`);
    wrong.push(...await untruths(site, release));
  }
  return wrong;
}

/** Jobs that stay, although their policy says otherwise, and that no message named. */
async function unnamedJobs(site: Site, release: string, policy: string, said: string): Promise<string[]> {
  if (!policy.includes("hook-succeeded")) return [];
  const jobs = [...(await site.objects(release)).keys()].filter((key) => key.startsWith("Job/"));
  return jobs.map((key) => key.slice(4)).filter((name) => !said.includes(name))
    .map((name) => `the hook's Job ${name} is left, and nothing names it`);
}

async function removeJobs(site: Site, release: string): Promise<void> {
  for (const key of (await site.objects(release)).keys()) {
    if (!key.startsWith("Job/")) continue;
    await site.ask(
      "DELETE",
      `/apis/batch/v1/namespaces/${site.namespace}/jobs/${key.slice(4)}?propagationPolicy=Background`,
    );
  }
}

/** An object of another client whose name looks like one of the release's. */
async function makeForeign(site: Site, release: string): Promise<string> {
  const { body } = await site.ask("POST", `/api/v1/namespaces/${site.namespace}/configmaps`, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: `other-${release}-first` },
    data: { mine: "yes" },
  });
  return identityOf(body as KubeObject);
}

async function checkForeign(site: Site, counts: Counts): Promise<void> {
  for (const [release, identity] of counts.foreign) {
    const { body } = await site.ask("GET", `/api/v1/namespaces/${site.namespace}/configmaps/other-${release}-first`);
    if (identityOf(body as KubeObject) !== identity) {
      counts.wrong.push(`an object of another client was harmed: ${release}`);
    }
  }
}

function identityOf({ metadata }: KubeObject): string {
  return `${metadata?.uid} ${metadata?.resourceVersion}`;
}
