/**
 * Routes that plan operations, and apply what was planned.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { JsonObject } from "../../../engine/base/mod.ts";
import type { SkegPlan } from "../../skeg_options.ts";
import { applyLines } from "../apply_lines.ts";
import { clusterOf, type RouteAnswer, type UiCall, type UiRoute } from "../call.ts";
import { flagIn, numberIn, textIn, textsIn } from "../fields.ts";
import { type GivenChart, givenChart } from "../given_chart.ts";
import { planCommand } from "../plan_command.ts";
import { withoutDocuments, withTexts } from "../report_texts.ts";
import type { PlanAnswer, PlanRequest } from "../types.ts";

/** `/releases/{ctx}/{name}/plans`, `/plans/{digest}`. */
export const PLAN_ROUTES: readonly UiRoute[] = [
  { method: "POST", path: "/releases/:ctx/:name/plans", answer: plan },
  { method: "GET", path: "/plans/:digest", answer: kept },
];

/** `/plans/{digest}/apply`. */
export const APPLY_ROUTES: readonly UiRoute[] = [{ method: "POST", path: "/plans/:digest/apply", answer: apply }];

/** Reads the body of a request for a plan. */
function requestIn(body: JsonObject): PlanRequest {
  const operation = textIn(body, "operation") ?? "upgrade";
  if (operation !== "upgrade" && operation !== "rollback" && operation !== "delete" && operation !== "install") {
    throw new SkegError("usage", "the field operation must be upgrade, rollback, delete or install");
  }
  const removedApis = textIn(body, "removedApis");
  if (removedApis !== undefined && removedApis !== "refuse" && removedApis !== "map") {
    throw new SkegError("usage", "the field removedApis must be refuse or map");
  }
  const texts = Object.fromEntries(
    ["chart", "archive", "version", "values", "namespace"].flatMap((name) => {
      const text = textIn(body, name);
      return text === undefined || text === "" ? [] : [[name, text]];
    }),
  );
  const flags = Object.fromEntries(
    ["resetValues", "reuseValues", "force", "noHooks", "purge", "save", "text"].map((
      name,
    ) => [name, flagIn(body, name)]),
  );
  const revision = numberIn(body, "revision", 1);
  return {
    operation,
    ...texts,
    ...flags,
    set: textsIn(body, "set"),
    ...removedApis === undefined ? {} : { removedApis },
    ...revision === undefined ? {} : { revision },
  };
}

async function plan(call: UiCall): Promise<RouteAnswer> {
  const { params, ui } = call;
  const name = params.name ?? "";
  const cluster = clusterOf(call);
  const request = requestIn(await call.body());
  const made = await planned(call, name, request);
  const { save = false, text = false } = request;
  const saved = save ? await made.save() : undefined;
  const report = withoutDocuments(made.report);
  const { texts } = text ? withTexts(made.report) : { texts: undefined };
  const answer: PlanAnswer = {
    digest: saved?.digest ?? "",
    ctx: cluster.name,
    release: report.release.name,
    command: planCommand(request, name, `${ui.options.program} `, ui.options.globalFlags(cluster.name)),
    report,
    ...texts === undefined ? {} : { texts },
    danger: report.risks.some(({ level }) => level === "danger"),
    made: ui.now() / 1000,
  };
  if (saved !== undefined) ui.plans.keep({ answer, saved });
  return { json: answer };
}

/** Plans the operation of a request. Sends reads and dry runs only. */
async function planned(call: UiCall, name: string, request: PlanRequest): Promise<SkegPlan> {
  const { signal } = call;
  const { skeg } = clusterOf(call);
  const { noHooks, text: withDocuments, revision, purge } = request;
  const common = { noHooks, withDocuments, signal };
  if (request.operation === "rollback") return await skeg.plan.rollback(name, revision, common);
  if (request.operation === "delete") return await skeg.plan.delete(name, { ...common, purge });
  const given: GivenChart = await givenChart(call, name, request);
  const { values, set, version, removedApis, force, namespace } = request;
  const choices = { ...common, values, set, version, removedApis, force };
  if (request.operation === "install") {
    return await skeg.plan.install(given, {
      ...choices,
      name,
      ...namespace === undefined ? {} : { namespace },
    });
  }
  const { resetValues, reuseValues } = request;
  return await skeg.plan.upgrade(name, given, { ...choices, resetValues, reuseValues });
}

async function kept({ ui, params }: UiCall): Promise<RouteAnswer> {
  return await Promise.resolve({ json: ui.plans.get(params.digest ?? "").answer });
}

async function apply(call: UiCall): Promise<RouteAnswer> {
  const { ui, params } = call;
  const confirm = textIn(await call.body(), "confirm");
  const { answer, saved } = ui.plans.get(params.digest ?? "");
  if (answer.danger && confirm !== answer.release) {
    throw new SkegError("usage", "the plan has a danger: it must be confirmed with the name of the release");
  }
  // A plan fits once.
  ui.plans.forget(saved.digest);
  return { lines: applyLines(call, answer, saved) };
}
