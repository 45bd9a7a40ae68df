/**
 * Measures the start-up time: a command with nearly no work.
 *
 * @module
 */
import { type Bench, compare } from "./bench.ts";

/** `version --client`. */
export async function startup(bench: Bench): Promise<void> {
  const { skeg, empty, helm2, helm3, helm4 } = bench.programs;
  await compare(bench, {
    family: "startup",
    id: "version",
    title: "`version --client`",
    note: "Helm 3 and 4 have no server to ask: `version`. The limit is an empty Deno script.",
    candidates: [
      { who: "skeg", run: [...skeg, "version", "--client"] },
      { who: "helm2", run: [helm2, "version", "--client"] },
      { who: "helm3", run: [helm3, "version"] },
      { who: "helm4", run: [helm4, "version"] },
      { who: "limit", run: empty },
    ],
  });
}
