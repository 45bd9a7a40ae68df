/**
 * `--confirm`: shows the plan of an operation, asks, and does exactly what the plan shows.
 *
 * @module
 */
import { stdin } from "node:process";
import { SkegError } from "../../errors.ts";
import type { PlannedOperation, PlanOutcome } from "../../engine/release/mod.ts";
import { agreed } from "./ask.ts";
import { type Context, defineFlags, type Flags } from "./command.ts";
import type { Workplace } from "./environment.ts";

/** `--confirm`, which Helm does not have. */
export const CONFIRM_FLAG = defineFlags({
  "confirm": { type: "bool", usage: "Show the plan and ask on the terminal; then do exactly what the plan shows" },
});

/**
 * Refuses `--confirm` without a terminal, on which the question could be answered. Called before the cluster is read.
 *
 * @param command Such as `upgrade`, for the message.
 * @throws SkegError of kind `usage`.
 */
export function checkConfirm(flags: { readonly confirm: boolean; readonly "dry-run": boolean }, command: string): void {
  if (!flags.confirm) return;
  if (flags["dry-run"]) {
    throw new SkegError("usage", "--confirm cannot be used with --dry-run: a dry run changes nothing");
  }
  if (stdin.isTTY) return;
  throw new SkegError(
    "usage",
    "--confirm needs a terminal, and standard input is not one; " +
      `use 'skeg plan ${command} … --plan-out FILE', then 'skeg apply FILE --yes'`,
  );
}

/**
 * Shows the plan of an operation on standard error and asks.
 *
 * @returns A function that does what the plan shows, or rejects with exit status 3 if something has moved since.
 * @throws SkegError of kind `aborted` when the answer is not yes; nothing was changed then.
 */
export async function confirmed<F extends Flags>(
  { print }: Pick<Context<F>, "print">,
  { environment, operations }: Workplace,
  planned: PlannedOperation,
): Promise<() => Promise<PlanOutcome>> {
  const { createMasker } = await import("../../engine/kube/explain/mod.ts");
  const { reportLines } = await import("./changes_text.ts");
  const made = await operations.planOperation(environment, planned, {
    masker: createMasker(crypto.getRandomValues(new Uint8Array(32))),
  });
  const lines = reportLines(made.report, { context: 3, full: false, summary: false, now: new Date() });
  for (const { text, colour } of lines) print.err(`${text}\n`, colour === undefined || !print.colour ? {} : { colour });
  const plan = await operations.savePlan(environment, made);
  if (!agreed("\nDo this?", print)) {
    throw new SkegError("aborted", `${planned.operation} was not confirmed; nothing was changed`);
  }
  // A person who has seen the plan and agreed has accepted what it shows.
  const accept = made.report.risks.map(({ code }) => code);
  return () => operations.performPlan(environment, plan, { accept });
}
