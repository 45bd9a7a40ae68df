/**
 * Reads stored revisions: measures how the cost grows with their number.
 *
 * @module
 */
import { join } from "node:path";
import { type Bench, type Candidate, chosen, compare, runOnce } from "./bench.ts";
import { type ControlPlane, startControlPlane } from "./control_plane.ts";
import { measure } from "./sample.ts";
import { fill, releaseName, REVISIONS } from "./revisions.ts";
import { NO_TILLER, startTiller, type Tiller } from "./tiller.ts";

const QUESTIONS = ["list", "list-all", "status", "history"];
/** Default maximum of printed releases in all programs. */
const PRINTED_MAX = 256;

/** `list`, `list --all`, `status` and `history` over more and more revisions. */
export async function stored(bench: Bench): Promise<void> {
  const plane = await startControlPlane(bench);
  try {
    for (const count of bench.quick ? [100] : [10, 100, 1000, 10_000]) {
      const namespace = `stored-${count}`;
      if (!QUESTIONS.some((id) => bench.wanted(`${id}-${count}`))) continue;
      await fill(bench, plane, namespace, count);
      await questions(bench, plane, namespace, count);
    }
  } finally {
    await plane.down();
  }
}

async function questions(bench: Bench, plane: ControlPlane, namespace: string, count: number): Promise<void> {
  const { proxy, kubeconfig } = await plane.proxy(namespace, 0);
  const isBeside = bench.programs.before === undefined;
  const direct = isBeside ? await startTiller(bench, plane.kubeconfig, namespace) : NO_TILLER;
  const counted = isBeside ? await startTiller(bench, kubeconfig, namespace) : NO_TILLER;
  const some = releaseName(Math.min(7, count / REVISIONS - 1));
  const asked: readonly (readonly [id: string, args: readonly string[], helm4: readonly string[]])[] = [
    ["list", ["list"], ["list"]],
    ["list-all", ["list", "--all"], ["list"]],
    ["status", ["status", some], ["status", some]],
    ["history", ["history", some], ["history", some]],
  ];
  try {
    for (const [id, args, helm4] of asked) {
      if ((count === 10 && id !== "list") || !bench.wanted(`${id}-${count}`)) continue;
      const candidates = (config: string, tiller: Tiller): Candidate[] => [
        ...candidatesOf(bench, { config, tiller, namespace, args, helm4 }),
        ...id === "list" ? [limit(bench, config, namespace, count)] : [],
      ];
      const isLong = id.startsWith("list") && count === 10_000;
      const often = (given: readonly Candidate[]): Candidate[] =>
        given.map((each) => isLong && /^(skeg|limit)$/.test(each.who) ? { ...each, perRound: 5 } : each);
      await compare(bench, {
        family: "stored",
        id: `${id}-${count}`,
        title: `\`${args.join(" ").replace(some, "NAME")}\`, ${count.toLocaleString("en")} revisions`,
        note:
          "Helm 2's CPU time is the client's and Tiller's, its memory the larger of both, its requests and bytes those " +
          "between Tiller and the API server. The limit reads the metadata of all records and the content of those that are " +
          "printed, and does nothing with them.",
        candidates: often(candidates(plane.kubeconfig, direct)),
        secondsMax: isLong ? 90 : 20,
        // Each of these may take a peer nearly a minute.
        ...isLong ? { runs: id === "list" ? 3 : 1 } : {},
      });
      const entry = bench.results.get(`${id}-${count}`);
      for (const candidate of chosen(bench.programs, candidates(kubeconfig, counted))) {
        proxy.take();
        await runOnce(bench, candidate, 0);
        if (entry !== undefined) entry.wire[candidate.who] = proxy.take();
      }
      bench.results.save();
    }
  } finally {
    direct.stop();
    counted.stop();
    await proxy.close();
  }
}

interface Asked {
  readonly config: string;
  readonly tiller: Tiller;
  readonly namespace: string;
  readonly args: readonly string[];
  /** Arguments for Helm 4, which lists all releases by default. */
  readonly helm4: readonly string[];
}

function candidatesOf(bench: Bench, { config, tiller, namespace, args, helm4 }: Asked): Candidate[] {
  const { skeg, helm2, helm3: three, helm4: four, env, home } = bench.programs;
  const command = [helm2, "--host", tiller.host, ...args];
  const KUBECONFIG = { KUBECONFIG: config };
  return [
    { who: "skeg", run: [...skeg, "--tiller-namespace", namespace, ...args], env: KUBECONFIG },
    {
      who: "helm2",
      run: () => tiller.during(() => measure({ command, env, cwd: home })),
      command: `helm2 ${args.join(" ")}`,
    },
    { who: "helm3", run: [three, "-n", namespace, ...args], env: KUBECONFIG },
    { who: "helm4", run: [four, "-n", namespace, ...helm4], env: KUBECONFIG },
  ];
}

/** Returns the lower bound: a program that only fetches what a list needs. */
function limit(bench: Bench, config: string, namespace: string, count: number): Candidate {
  const names = Array.from({ length: count / REVISIONS }, (_, index) => index).filter((index) => index % 20 !== 19)
    .slice(0, PRINTED_MAX).map((index) => `${releaseName(index)}.v${REVISIONS}`);
  const script = join(import.meta.dirname ?? ".", "wire.ts");
  return {
    who: "limit",
    run: [...bench.programs.script(script), config, namespace, ...names],
    command: "deno run bench/peers/wire.ts KUBECONFIG NAMESPACE NAME…",
  };
}
