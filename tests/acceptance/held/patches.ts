/**
 * Another client patches a release's objects, then its records, up to a
 * hundred times a second, while the release is upgraded.
 *
 * @module
 */
import type { KubeObject } from "../../../engine/model/mod.ts";
import { firstLine, purge } from "./recover.ts";
import { type Ground, type Row, sleep, type Tally } from "./row.ts";
import { openSite, type Site, statusesOf, untruths } from "./site.ts";

const PER_SECOND = 100;
const RELEASE = "busy";

/** The row. */
export const PATCHED: Row = {
  name: "patches",
  what: "patches of a release's objects, then of its records, by another client, up to 100 a second, under upgrades",
  play,
};

async function play(ground: Ground): Promise<Tally> {
  const site = await openSite(ground, "patched");
  try {
    const wrong: string[] = [];
    const first = await site.run(site.install(RELEASE, 1));
    if (first.code !== 0) throw new Error(first.stderr);
    const objects = await phase(site, ground.scale(2082, 60), ground.scale(6, 1), () => objectPaths(site), wrong);
    wrong.push(...await lostAnnotations(site, objects));
    const records = await phase(site, ground.scale(3374, 60), ground.scale(5, 1), () => recordPaths(site), wrong);
    const upgrades = objects.upgrades + records.upgrades;
    const states = statusesOf(await site.history(RELEASE));
    const wanted = Array.from(
      { length: upgrades + 1 },
      (_, n) => `${n + 1} ${n < upgrades ? "SUPERSEDED" : "DEPLOYED"}`,
    );
    if (states !== wanted.join(", ")) wrong.push(`the records are: ${states}`);
    wrong.push(...(await purge(site, RELEASE)).wrong);
    return { tried: `${objects.patches} / ${records.patches} patches, ${upgrades} upgrades`, wrong };
  } finally {
    await site.close();
  }
}

interface Phase {
  readonly patches: number;
  readonly upgrades: number;
  /** The last value that the server acknowledged, by path. */
  readonly acknowledged: ReadonlyMap<string, string>;
}

/** Patches at random until there were enough patches and upgrades. */
async function phase(
  site: Site,
  patches: number,
  upgrades: number,
  paths: () => Promise<string[]>,
  wrong: string[],
): Promise<Phase> {
  const acknowledged = new Map<string, string>();
  let patched = 0, upgraded = 0, isOver = false;
  let known = await paths();
  const patch = async (number: number): Promise<void> => {
    const path = known[number % known.length] ?? "";
    const body = { metadata: { annotations: { "other.example/n": String(number) } } };
    const { status } = await site.ask("PATCH", path, body, "application/merge-patch+json");
    if (status === 200) {
      patched++;
      acknowledged.set(path, String(number));
    }
  };
  const patching = (async (): Promise<void> => {
    for (let number = 0; !isOver; number++) {
      const next = sleep(1000 / PER_SECOND);
      await patch(number);
      if (number % 50 === 0) known = await paths();
      await next;
    }
  })();
  while (patched < patches || upgraded < upgrades) {
    const history = await site.history(RELEASE);
    const version = 1 + (history.length % 2);
    const ended = await site.run(["upgrade", RELEASE, site.chart(version)]);
    if (ended.code !== 0) wrong.push(`upgrade ${upgraded + 1}: ${firstLine(ended)}`);
    wrong.push(...await untruths(site, RELEASE));
    upgraded++;
    if (wrong.length > 10) break;
  }
  isOver = true;
  await patching;
  return { patches: patched, upgrades: upgraded, acknowledged };
}

async function objectPaths(site: Site): Promise<string[]> {
  return [...await site.objects(RELEASE)].map(([key]) => pathOf(site.namespace, key));
}

async function recordPaths(site: Site): Promise<string[]> {
  const root = `/api/v1/namespaces/${site.records}/configmaps`;
  const { body } = await site.ask("GET", `${root}?labelSelector=OWNER%3DTILLER`);
  // The newest records are those that an upgrade writes.
  const names = (body["items"] as KubeObject[]).map(({ metadata }) => metadata?.name ?? "");
  const byRevision = names.sort((a, b) => revisionOf(a) - revisionOf(b));
  return byRevision.slice(-2).map((name) => `${root}/${name}`);
}

function revisionOf(name: string): number {
  return Number(name.split(".v")[1]);
}

function pathOf(namespace: string, key: string): string {
  const [kind = "", name] = key.split("/");
  const base = kind === "Deployment" ? "/apis/apps/v1" : "/api/v1";
  return `${base}/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`;
}

/** Returns the annotations of another client that are missing, or wrong, in objects that still exist. */
async function lostAnnotations(site: Site, { acknowledged }: Phase): Promise<string[]> {
  const wrong: string[] = [];
  for (const [path, value] of acknowledged) {
    const { status, body } = await site.ask("GET", path);
    const found = (body as KubeObject).metadata?.annotations?.["other.example/n"];
    // Objects that only every second version has are deleted and made again.
    const isLasting = !/-(first|later)$/.test(path);
    if (status !== 200 ? isLasting : isLasting && found !== value) {
      wrong.push(`${path}: the other client's ${value} is ${found}`);
    }
  }
  return wrong;
}
