/**
 * Answers that are refusals, failures, cut off or lost, on the way from the
 * API server to the program.
 *
 * @module
 */
import { join } from "node:path";
import { openCluster } from "../../../engine/kube/mod.ts";
import { type LosingProxy, losingProxy, type Loss, type MadeUp } from "../../_lib/losing_proxy.ts";
import { commandOf, firstLine, purge, recover } from "./recover.ts";
import { type Ground, oneOf, type Row, sideBySide, type Tally } from "./row.ts";
import { openSite, type Site, statusesOf, untruths } from "./site.ts";

/** Lives at the same time. */
const WIDTH = 4;
const POLICY = { policy: "before-hook-creation,hook-succeeded" };

/** The operations of a life, and the records that each must leave. A quick run has three of the six. */
export function lifeOf(ground: Ground, site: Site, release: string): [args: string[], records: string][] {
  const life: [args: string[], records: string][] = [
    [[...site.install(release, 1, POLICY), "--wait"], "1 DEPLOYED"],
    [["upgrade", release, site.chart(2, POLICY), "--wait"], "1 SUPERSEDED, 2 DEPLOYED"],
    [["rollback", release, "1"], "1 SUPERSEDED, 2 SUPERSEDED, 3 DEPLOYED"],
    [["delete", release], "1 SUPERSEDED, 2 SUPERSEDED, 3 DELETED"],
    [["rollback", release, "2"], "1 SUPERSEDED, 2 SUPERSEDED, 3 SUPERSEDED, 4 DEPLOYED"],
    [["delete", "--purge", release], "none"],
  ];
  return ground.scale(1, 0) === 1 ? life : [...life.slice(0, 2), ...life.slice(-1)];
}

/** One way to disturb the answers that a life receives. */
export interface Trouble {
  readonly label: string;
  /** Sets the proxy up; called before each operation. */
  readonly begin: (proxy: LosingProxy) => void;
  /** An operation may end with an error, as long as what it left is true and can be gone on from. */
  readonly mayFail?: boolean;
}

/** The counts of all lives. */
interface LifeCounts {
  operations: number;
  requests: number;
  failed: number;
  /** Objects that were created, by life. */
  readonly created: number[];
}

/** Plays a life behind a proxy and says all that is wrong. */
export async function playLife(
  ground: Ground,
  site: Site,
  release: string,
  trouble: Trouble,
  counts: LifeCounts,
): Promise<string[]> {
  const wrong: string[] = [];
  const cluster = await openCluster({ kubeconfig: ground.kubeconfig });
  const proxy = await losingProxy(cluster.transport);
  const kubeconfig = join(ground.folder, `${release}.kubeconfig`);
  proxy.writeKubeconfig(kubeconfig, site.namespace);
  let requests = 0;
  try {
    for (const [args, wanted] of lifeOf(ground, site, release)) {
      trouble.begin(proxy);
      const from = proxy.passed.length;
      const ended = await site.run(args, { env: { KUBECONFIG: kubeconfig } });
      counts.operations++;
      const context = (): string =>
        `${trouble.label}: ${commandOf(args)}: ${firstLine(ended)}\n${traceOf(proxy, from)}`;
      const states = statusesOf(await site.history(release));
      if (ended.code === 0) {
        if (states !== wanted) wrong.push(`records ${states}, not ${wanted}; ${context()}`);
        const apart = [...await untruths(site, release), ...await jobs(site, release)];
        wrong.push(...apart.map((text) => `${text}; ${context()}`));
      } else if (trouble.mayFail) {
        counts.failed++;
        if (states === wanted) wrong.push(`an error, and it was done; ${context()}`);
        wrong.push(...(await recover(site, release, ["delete", "--purge", release])).wrong);
        break;
      } else wrong.push(`it failed; ${context()}`);
      if (wrong.length > 0) break;
    }
    counts.created.push(proxy.passed.filter(({ method, status }) => method === "POST" && status === 201).length);
  } finally {
    requests = proxy.passed.length;
    await proxy.close();
    await cluster.close();
  }
  counts.requests += requests;
  wrong.push(...(await purge(site, release)).wrong);
  return wrong;
}

/** Hooks' Jobs, which their policy should have removed. */
async function jobs(site: Site, release: string): Promise<string[]> {
  return [...(await site.objects(release)).keys()].filter((key) => key.startsWith("Job/"))
    .map((key) => `${key} is left over`);
}

function traceOf(proxy: LosingProxy, from: number): string {
  return proxy.passed.slice(from)
    .map(({ method, path, status, isLost }) => `  ${method} ${path} ${status}${isLost ? " lost" : ""}`).join("\n");
}

const newCounts = (): LifeCounts => ({ operations: 0, requests: 0, failed: 0, created: [] });

/** Plays lives of one trouble until `isEnough`. */
async function playLives(
  ground: Ground,
  label: string,
  trouble: Trouble,
  isEnough: (counts: LifeCounts) => boolean,
): Promise<{ counts: LifeCounts; wrong: string[] }> {
  const site = await openSite(ground, label);
  const counts = newCounts();
  const wrong: string[] = [];
  let next = 0;
  try {
    await sideBySide(WIDTH, WIDTH, async () => {
      while (!isEnough(counts) && wrong.length < 5) {
        wrong.push(...await playLife(ground, site, `${label}${next++}`, trouble, counts));
      }
    });
    return { counts, wrong };
  } finally {
    await site.close();
  }
}

/** 429. */
export const BUSY: Row = {
  name: "429",
  what: "half of all requests answered with 429 and Retry-After",
  play: async (ground) => {
    let refused = 0, asked = 0;
    const answer: MadeUp = { status: 429, headers: { "retry-after": "1" }, body: failure(429, "TooManyRequests") };
    const refuse = (): MadeUp | undefined => {
      asked++;
      if (ground.random() >= 0.5) return undefined;
      refused++;
      return answer;
    };
    const least = ground.scale(630, 40);
    const trouble: Trouble = { label: "429", mayFail: true, begin: (proxy) => void (proxy.refuse = refuse) };
    const { counts, wrong } = await playLives(ground, "busy", trouble, () => asked >= least);
    const tried = `${asked} requests, ${refused} refused; ${counts.operations} operations`;
    return { tried, wrong, remark: `${counts.failed} gave up cleanly` };
  },
};

/** 5xx. */
export const BROKEN: Row = {
  name: "5xx",
  what: "15 % of all requests answered with 500, 502, 503 or 504",
  play: async (ground) => {
    let bad = 0, asked = 0;
    const refuse = (): MadeUp | undefined => {
      asked++;
      if (ground.random() >= 0.15) return undefined;
      bad++;
      const status = oneOf(ground.random, [500, 502, 503, 504]);
      return status === 502
        ? { status, headers: { "content-type": "text/html" }, body: "<html>bad gateway</html>" }
        : { status, body: failure(status, "InternalError") };
    };
    const least = ground.scale(900, 100);
    const trouble: Trouble = { label: "5xx", mayFail: true, begin: (proxy) => void (proxy.refuse = refuse) };
    const { counts, wrong } = await playLives(ground, "broken", trouble, () => asked >= least);
    const tried = `${asked} requests, ${bad} bad; ${counts.operations} operations`;
    return { tried, wrong, remark: `${counts.failed} failed` };
  },
};

/** Watches. */
export const CUT: Row = {
  name: "watches",
  what: "half of all watch lines cut in the middle",
  play: async (ground) => {
    let lines = 0, cuts = 0;
    const cut = (): boolean => {
      lines++;
      if (ground.random() >= 0.5) return false;
      cuts++;
      return true;
    };
    const [least, leastCuts] = [ground.scale(664, 60), ground.scale(97, 3)];
    const trouble: Trouble = { label: "watches", begin: (proxy) => void (proxy.cut = cut) };
    const { counts, wrong } = await playLives(
      ground,
      "cut",
      trouble,
      ({ requests }) => requests >= least && cuts >= leastCuts,
    );
    return {
      tried: `${counts.requests} requests, ${lines} watch lines, ${cuts} cut; ${counts.operations} operations`,
      wrong,
    };
  },
};

function failure(code: number, reason: string): string {
  return JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", message: "try again", reason, code });
}

/** Lost answers: one in ten at random. */
export const LOST: Row = {
  name: "lost",
  what: "one answer in ten lost at random: the connection closed, or the request sent again unseen",
  play: async (ground) => {
    let asked = 0, lost = 0;
    const lose = (): Loss | undefined => {
      asked++;
      if (ground.random() >= 0.1) return undefined;
      lost++;
      return ground.random() < 0.5 ? "closed" : "repeated";
    };
    const [least, leastLost] = [ground.scale(986, 100), ground.scale(97, 5)];
    const trouble: Trouble = { label: "one in ten lost", begin: (proxy) => void (proxy.lose = lose) };
    const { counts, wrong } = await playLives(ground, "lost", trouble, () => asked >= least && lost >= leastLost);
    wrong.push(...createdTwice(counts));
    return { tried: `${asked} requests, ${lost} lost; ${counts.operations} operations`, wrong };
  },
};

/** Lost answers: in each operation the k-th, for every k; then every k-th. */
export const EACH_LOST: Row = {
  name: "each-lost",
  what: "in every operation the k-th answer lost, for each k; every k-th answer lost",
  play: playEach,
};

async function playEach(ground: Ground): Promise<Tally> {
  const site = await openSite(ground, "each");
  const counts = newCounts();
  const wrong: string[] = [];
  let lost = 0, longest = 0;
  const troubles: Trouble[] = [];
  const add = (how: Loss, label: string, loses: (request: number) => boolean): void => {
    const begin = (proxy: LosingProxy): void => {
      let number = 0;
      proxy.lose = () => {
        longest = Math.max(longest, ++number);
        if (!loses(number)) return undefined;
        lost++;
        return how;
      };
    };
    troubles.push({ label: `${label}, ${how}`, begin });
  };
  try {
    add("closed", "calm", () => false);
    wrong.push(...await playLife(ground, site, "calm", troubles.pop() as Trouble, counts));
    const step = ground.scale(1, 20);
    for (const how of ["closed", "repeated"] as const) {
      for (let k = 1; k <= longest; k += step) add(how, `answer ${k} lost`, (number) => number === k);
      for (let k = 2; k <= 12; k += step) add(how, `every answer number ${k} lost`, (number) => number % k === 0);
    }
    await sideBySide(troubles.length, WIDTH, async (index) => {
      if (wrong.length >= 5) return;
      wrong.push(...await playLife(ground, site, `e${index}`, troubles[index] as Trouble, counts));
    });
    wrong.push(...createdTwice(counts));
    return { tried: `${counts.operations} operations, ${counts.requests} requests, ${lost} answers lost`, wrong };
  } finally {
    await site.close();
  }
}

/** Every life creates as many objects as the others. */
function createdTwice({ created }: LifeCounts): string[] {
  const least = Math.min(...created);
  const more = created.filter((count) => count !== least);
  return more.length === 0 ? [] : [`lives created ${least} objects, and ${more.join(", ")}`];
}
