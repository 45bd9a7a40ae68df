/**
 * Processes that work at the same moment: two of them on one release, twelve
 * upgrades of one release, thirty releases.
 *
 * @module
 */
import { firstLine, purge, recover } from "./recover.ts";
import { type Ground, type Row, sideBySide, sleep, type Tally } from "./row.ts";
import { type Ended, openSite, type Site, statusesOf, untruths } from "./site.ts";

/** Races at the same time. */
const WIDTH = 3;

/** Two at once. */
export const PAIRS: Row = {
  name: "pairs",
  what: "two processes on one release, all pairs of 7 operations",
  play: playPairs,
};

/** Many at once. */
export const CROWD: Row = {
  name: "crowd",
  what: "12 upgrades of one release at once; 30 installs of different ones",
  play: playCrowd,
};

const OPERATIONS: Readonly<Record<string, (site: Site, release: string) => string[]>> = {
  install: (site, release) => site.install(release, 1),
  "install --replace": (site, release) => [...site.install(release, 1), "--replace"],
  upgrade: (site, release) => ["upgrade", release, site.chart(2)],
  "upgrade --install": (
    site,
    release,
  ) => ["upgrade", "--install", release, site.chart(2), "--namespace", site.namespace],
  rollback: (_, release) => ["rollback", release, "1"],
  delete: (_, release) => ["delete", release],
  "delete --purge": (_, release) => ["delete", "--purge", release],
};

/** The state before an operation, by name, as its number of revisions. */
const BEFORE: Readonly<Record<string, number>> = { "two revisions": 2, "nothing or a deleted release": 1 };

async function playPairs(ground: Ground): Promise<Tally> {
  const site = await openSite(ground, "pairs");
  const names = Object.keys(OPERATIONS);
  const pairs = names.flatMap((first, index) => names.slice(index).map((second) => [first, second] as const));
  const races = Object.keys(BEFORE).flatMap((before) => pairs.map((pair) => ({ pair, before })));
  const wrong: string[] = [];
  let both = 0;
  try {
    const count = ground.scale(races.length, 6);
    const offset = Math.floor(ground.random() * races.length);
    await sideBySide(count, WIDTH, async (index) => {
      const { pair, before } = races[(index * 13 + offset) % races.length] ??
        { pair: ["upgrade", "upgrade"], before: "" };
      const outcome = await race(ground, site, `p${index}`, pair, before);
      if (outcome.areBothDone) both++;
      wrong.push(...outcome.wrong.map((text) => `${pair.join(" and ")} over ${before}: ${text}`));
    });
    return { tried: `${count} races`, wrong, remark: `in ${both} races both ended well` };
  } finally {
    await site.close();
  }
}

async function race(
  ground: Ground,
  site: Site,
  release: string,
  pair: readonly string[],
  before: string,
): Promise<{ wrong: string[]; areBothDone: boolean }> {
  const good = async (args: readonly string[]): Promise<void> => {
    const ended = await site.run(args);
    if (ended.code !== 0) throw new Error(ended.stderr);
  };
  const isInstall = pair.some((name) => name.includes("install"));
  const revisions = BEFORE[before] === 2 ? 2 : isInstall ? 0 : 1;
  if (revisions > 0) await good(site.install(release, 1));
  if (revisions === 2) await good(["upgrade", release, site.chart(2)]);
  if (revisions === 1) await good(["delete", release]);
  const pauseMs = ground.random() * 150;
  const ended = await Promise.all(pair.map(async (name, index) => {
    if (index === 1) await sleep(pauseMs);
    return await site.run(OPERATIONS[name]?.(site, release) ?? []);
  }));
  const wrong: string[] = [];
  const told = pair.map((name, index) => `${name}: ${endOf(ended[index])}`);
  for (const { code, signal, stderr } of ended) {
    if (signal !== null || code > 1 || (code === 1 && !stderr.includes("Error: "))) wrong.push("an unclear end");
    if (/TypeError|internal error|at file:/.test(stderr)) wrong.push("an internal error");
  }
  const history = await site.history(release);
  const isPurged = pair.some((name, index) => name === "delete --purge" && ended[index]?.code === 0);
  if (!isPurged && history.length < revisions) wrong.push("a revision is lost");
  if (!isPurged && history.some(({ revision }, index) => revision !== index + 1)) wrong.push("a gap between revisions");
  const states = statusesOf(history);
  if (/PENDING|DELETING/.test(states)) wrong.push("nobody works, and a record says so");
  if (ended.every(({ code }) => code === 0) && /FAILED/.test(states)) {
    wrong.push("both ended well, and a revision is FAILED");
  }
  if (!/FAILED$/.test(states)) wrong.push(...await untruths(site, release));
  const next = states === "none" ? site.install(release, 1) : ["upgrade", "--install", release, site.chart(2)];
  const recovery = await recover(site, release, next.concat(states === "none" ? [] : ["--namespace", site.namespace]));
  wrong.push(...recovery.wrong, ...(await purge(site, release)).wrong);
  const context = `${told.join("; ")}; then ${states}; then ${recovery.told}`;
  return { wrong: wrong.map((text) => `${text} (${context})`), areBothDone: ended.every(({ code }) => code === 0) };
}

function endOf(ended: Ended | undefined): string {
  if (ended === undefined) return "not run";
  return ended.code === 0 ? "done" : firstLine(ended);
}

async function playCrowd(ground: Ground): Promise<Tally> {
  const site = await openSite(ground, "crowd");
  try {
    const wrong: string[] = [];
    const one = await upgradeAtOnce(site, ground.scale(12, 4), wrong);
    const many = ground.scale(30, 4);
    const began = performance.now();
    await sideBySide(many, many, async (index) => {
      const release = `m${index}`;
      const ended = await site.run(site.install(release, 1 + index % 2));
      if (ended.code !== 0) wrong.push(`${release}: ${firstLine(ended)}`);
      if (statusesOf(await site.history(release)) !== "1 DEPLOYED") wrong.push(`${release} is not DEPLOYED`);
      wrong.push(...(await untruths(site, release)).map((text) => `${release}: ${text}`));
    });
    const seconds = Math.round((performance.now() - began) / 1000);
    await sideBySide(many, 4, async (index) => void wrong.push(...(await purge(site, `m${index}`)).wrong));
    return { tried: `${one.tried + many} operations`, wrong, remark: `${one.text}; ${many} others in ${seconds} s` };
  } finally {
    await site.close();
  }
}

/** Upgrades of one release: each that ended well has a revision with its own values, and no other has. */
async function upgradeAtOnce(site: Site, count: number, wrong: string[]): Promise<{ tried: number; text: string }> {
  const release = "one";
  const first = await site.run(site.install(release, 1));
  if (first.code !== 0) throw new Error(first.stderr);
  const ended = await Promise.all(
    Array.from(
      { length: count },
      (_, index) => site.run(["upgrade", release, site.chart(2), "--set", `size=${index + 100}`]),
    ),
  );
  const history = await site.history(release);
  const winners = ended.flatMap(({ code }, index) => code === 0 ? [index + 100] : []);
  const recorded = history.slice(1).map(({ config }) => Number(/size: (\d+)/.exec(config?.raw ?? "")?.[1]));
  if (winners.length === 0) wrong.push("no upgrade won");
  if (JSON.stringify([...winners].sort()) !== JSON.stringify([...recorded].sort())) {
    wrong.push(`upgrades ${winners} ended well, and ${recorded} are recorded`);
  }
  for (const { code, stderr } of ended) {
    if (code !== 0 && !/Error: /.test(stderr)) wrong.push(`no clear error: ${stderr}`);
  }
  wrong.push(...await untruths(site, release));
  const live = (await site.objects(release)).get(`ConfigMap/${release}-a`) as { data?: { size?: string } } | undefined;
  if (live?.data?.size !== String(recorded.at(-1))) {
    wrong.push(`the newest has size ${recorded.at(-1)}, the cluster ${live?.data?.size}`);
  }
  wrong.push(...(await purge(site, release)).wrong);
  return { tried: count, text: `${winners.length} won, ${count - winners.length} refused` };
}
