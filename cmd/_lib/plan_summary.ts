/**
 * The summary of a plan, for people who run a dry run on a terminal.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { PlannedOperation } from "../../engine/release/mod.ts";
import { wrap } from "./changes_layout.ts";
import { riskLines } from "./changes_text.ts";
import { summaryText } from "./changes_summary.ts";
import type { Context, Flags } from "./command.ts";
import type { Workplace } from "./environment.ts";

/**
 * Prints on standard error what the operation would change: on a terminal only, since scripts compare Helm's output. A plan
 * that fails is left out, because the dry run itself has succeeded.
 */
export async function tellOfPlan<F extends Flags>(
  { print, signal }: Pick<Context<F>, "print" | "signal">,
  { environment, operations }: Workplace,
  planned: PlannedOperation,
): Promise<void> {
  if (!print.watched) return;
  const { createMasker } = await import("../../engine/kube/explain/mod.ts");
  try {
    const { report } = await operations.planOperation({ ...environment, report: () => {} }, planned, {
      masker: createMasker(crypto.getRandomValues(new Uint8Array(32))),
    });
    const lines = [...wrap(summaryText(report)), ...report.risks.flatMap(riskLines).map(({ text }) => text)];
    for (const line of lines) print.err(`${line}\n`);
    print.err(`'skeg plan ${planned.operation}' with the same flags shows each field and its reason.\n`);
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind === "aborted" || signal.aborted) throw error;
  }
}
