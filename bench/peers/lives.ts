/**
 * The life of a release – install, two upgrades, delete – as each program's
 * command lines.
 *
 * @module
 */
import type { Bench } from "./bench.ts";
import type { Who } from "./results.ts";
import type { Tiller } from "./tiller.ts";

/** The operations on a release, in order. */
export const STEPS = ["install", "noop", "change", "delete"] as const;
/** One of {@linkcode STEPS}. */
export type Step = typeof STEPS[number];

/** Namespace of all objects and records. */
export const NAMESPACE = "objects";

/** One program. */
export interface Runner {
  readonly who: Who;
  readonly env: Readonly<Record<string, string>>;
  /** Command lines by step. */
  readonly steps: (name: string, chart: string, count: number) => Readonly<Record<Step, readonly string[]>>;
  /** The Tiller that does the work for it. */
  readonly tiller?: Tiller;
}

/** skeg. */
export function skegRunner({ programs: { skeg } }: Bench, kubeconfig: string): Runner {
  const start = [...skeg, "--tiller-namespace", NAMESPACE];
  return { who: "skeg", env: { KUBECONFIG: kubeconfig }, steps: helm2Steps(start, []) };
}

/** An earlier build of skeg. */
export function earlierRunner(skeg: readonly string[], kubeconfig: string): Runner {
  const start = [...skeg, "--tiller-namespace", NAMESPACE];
  return { who: "before", env: { KUBECONFIG: kubeconfig }, steps: helm2Steps(start, []) };
}

/** Helm 2, which asks a Tiller. */
export function tillerRunner({ programs: { helm2 } }: Bench, kubeconfig: string, tiller: Tiller): Runner {
  const steps = helm2Steps([helm2, "--host", tiller.host], ["--timeout", "3000"]);
  return { who: "helm2", env: { KUBECONFIG: kubeconfig }, tiller, steps };
}

function helm2Steps(start: readonly string[], more: readonly string[]): Runner["steps"] {
  return (name, chart, count) => {
    const set = ["--set", `count=${count}`, ...more];
    return {
      install: [...start, "install", chart, "--name", name, "--namespace", NAMESPACE, ...set],
      noop: [...start, "upgrade", name, chart, ...set],
      change: [...start, "upgrade", name, chart, ...set, "--set", "tag=2.0"],
      delete: [...start, "delete", "--purge", name],
    };
  };
}

/** Helm 3 or 4. */
export function helmRunner({ programs }: Bench, kubeconfig: string, who: "helm3" | "helm4"): Runner {
  return {
    who,
    env: { KUBECONFIG: kubeconfig },
    steps: (name, chart, count) => {
      const set = ["-n", NAMESPACE, "--set", `count=${count}`];
      return {
        install: [programs[who], "install", name, chart, ...set],
        noop: [programs[who], "upgrade", name, chart, ...set],
        change: [programs[who], "upgrade", name, chart, ...set, "--set", "tag=2.0"],
        delete: [programs[who], "uninstall", "-n", NAMESPACE, name],
      };
    },
  };
}
