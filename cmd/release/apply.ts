/**
 * `apply`: does what a saved plan shows.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { quote } from "../../engine/base/mod.ts";
import type { ChangeReport } from "../../engine/kube/explain/mod.ts";
import type { GivenAgain } from "../../engine/release/mod.ts";
import type { Release } from "../../engine/model/mod.ts";
import { readPlanFile, readPlanKey } from "../../app/plan_file.ts";
import { agreed } from "../_lib/ask.ts";
import { type Context, defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { IGNORE_HELM3_FLAG, LOCAL_VALUES_FLAGS, requireArgs, TLS_FLAGS } from "../_lib/flags.ts";
import { SAVE_FLAGS } from "../_lib/plan.ts";

/** `apply`. */
export const command = defineCommand({
  usage: "[flags] FILE",
  completes: { sources: ["file"] },
  long: `
Does what a saved plan shows: exactly that, or nothing.

The plan is bound to the records of the release, to the cluster, and to the content of
every object that it reads. If one of them has changed, the exit status is 3, nothing is
changed, and the message says what moved. A changed status does not count.

Without '--yes' the plan is shown, and you are asked. Dangers, such as data that is
lost, must be accepted by their codes where '--yes' is given.`,
  example: `  helm plan upgrade web ./web --set image.tag=v2 --plan-out plan.json
  helm apply plan.json
  helm apply plan.json --chart ./web --values site.yaml
  helm apply plan.json --yes --accept data,address --max-age 2h`,
  flags: defineFlags({
    ...TLS_FLAGS,
    ...IGNORE_HELM3_FLAG,
    ...LOCAL_VALUES_FLAGS,
    "accept": { type: "stringArray", usage: "Accept dangers by their codes, such as data,address" },
    "chart": {
      type: "string",
      complete: "file",
      usage: "Refuse the plan unless it was made with this chart, a folder or an archive, and with the given values",
    },
    "max-age": { type: "string", usage: "Refuse a plan that is older, such as 30m, 2h or 1d" },
    "plan-key": {
      ...SAVE_FLAGS["plan-key"],
      usage: "Open a sealed plan with the key in this file. Overrides $SKEG_PLAN_KEY",
    },
    "timeout": { type: "int", usage: "Time limit in seconds of hooks and waits; default: as planned" },
    "wait": { type: "bool", usage: "Wait until everything is ready; default: as planned" },
    "yes": { type: "bool", short: "y", usage: "Do not ask" },
  }),
  run: async (context) => {
    const { flags, args, given, print } = context;
    requireArgs(args, "file of a plan");
    const [file = ""] = args;
    const maxAgeSeconds = flags["max-age"] === "" ? undefined : secondsOf(flags["max-age"]);
    const accept = flags.accept.flatMap((codes) => codes.split(",")).map((code) => code.trim());
    await checkCodes(accept);
    const text = await readPlanFile(file);
    const again = await givenAgain(context);
    const key = await readPlanKey(flags["plan-key"]);
    await withEnvironment(context, async ({ environment, operations }) => {
      const plan = await operations.readPlan(text, file);
      if (!flags.yes) await ask(plan.public, context);
      const { release, kept } = await operations.performPlan(environment, plan, {
        key,
        // A person who has seen the plan and agreed has accepted what it shows.
        accept: flags.yes ? accept : plan.public.risks.map(({ code }) => code),
        maxAgeSeconds,
        given: again,
        wait: given.has("wait") ? flags.wait : undefined,
        timeoutSeconds: given.has("timeout") ? flags.timeout : undefined,
      });
      if (kept !== "") print.out(`${kept}\n`);
      print.out(doneText(plan.public, release));
    }, { changes: true });
  },
});

const GIVEN_FLAGS = defineFlags({ ...LOCAL_VALUES_FLAGS, "chart": { type: "string", usage: "" } });
type GivenContext = Context<typeof GIVEN_FLAGS>;

/** Reads the chart and the values of `--chart`; `undefined` without it. */
async function givenAgain(context: GivenContext): Promise<GivenAgain | undefined> {
  const { flags, print } = context;
  if (flags.chart === "") {
    const { values, set, "set-string": texts, "set-file": files } = flags;
    if ([values, set, texts, files].every((given) => given.length === 0)) return undefined;
    throw new SkegError("usage", "values are compared with those of the plan only beside --chart");
  }
  const [{ enabledChart, openChart }, { readValues }, { callerOf, tellOfChart, valuesOfFlags }] = await Promise.all([
    import("../../app/prepare_chart.ts"),
    import("../../app/read_values.ts"),
    import("../_lib/caller.ts"),
  ]);
  const config = await readValues(valuesOfFlags(flags, context), callerOf(context));
  const tell = tellOfChart(print, true);
  const chart = await openChart(flags.chart, { log: tell.log, onDeprecated: () => {} });
  return { charts: [chart, enabledChart(chart, config, tell)], config };
}

/** Refuses codes that no risk has: a danger that they were meant for would stay open. */
async function checkCodes(accept: readonly string[]): Promise<void> {
  if (accept.length === 0) return;
  const { RISK_CODES } = await import("../../engine/kube/explain/mod.ts");
  const unknown = accept.find((code) => !RISK_CODES.includes(code));
  if (unknown === undefined) return;
  throw new SkegError("usage", `--accept has an unknown code: ${quote(unknown)}`, {
    hint: `The codes are ${RISK_CODES.join(", ")}.`,
  });
}

/** Shows the plan and asks; throws unless the answer is yes. */
async function ask(report: ChangeReport, { print }: Context): Promise<void> {
  const { reportLines } = await import("../_lib/changes_text.ts");
  for (const { text } of reportLines(report, { context: 3, full: false, summary: false, now: new Date() })) {
    print.out(`${text}\n`);
  }
  if (agreed("\nApply this plan?", print)) return;
  throw new SkegError("aborted", "the plan was not applied; nothing was changed");
}

/** Returns the line that the operation itself prints. */
function doneText({ operation }: ChangeReport, { name }: Release): string {
  switch (operation) {
    case "install":
      return `NAME:   ${name}\n`;
    case "rollback":
      return "Rollback was a success.\n";
    case "delete":
      return `release ${quote(name)} deleted\n`;
    default:
      return `Release ${quote(name)} has been upgraded.\n`;
  }
}

const UNITS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 };

function secondsOf(text: string): number {
  const [, amount = "", unit = ""] = /^(\d+)([smhd]?)$/.exec(text) ?? [];
  if (amount !== "") return Number(amount) * (UNITS[unit] ?? 1);
  throw new SkegError("usage", `invalid duration ${quote(text)}`, { hint: "Write seconds, or 30m, 2h, 1d." });
}
