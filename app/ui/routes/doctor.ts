/**
 * Routes about findings, and what would mend them.
 *
 * @module
 */
import { clusterOf, type RouteAnswer, type UiCall, type UiRoute } from "../call.ts";
import { isOn, neededText } from "../fields.ts";
import { findingsLines } from "../findings.ts";
import { repairPreview } from "../repair_preview.ts";
import type { DoctorAnswer } from "../types.ts";

/** `/doctor`, `/doctor/preview`, `/findings`. */
export const DOCTOR_ROUTES: readonly UiRoute[] = [
  { method: "GET", path: "/doctor", answer: doctor },
  { method: "POST", path: "/doctor/preview", answer: preview },
  { method: "GET", path: "/findings", answer: findings },
];

async function doctor(call: UiCall): Promise<RouteAnswer> {
  const { query, signal } = call;
  const cluster = clusterOf(call);
  const report = await cluster.skeg.doctor({
    release: query.get("release") || undefined,
    deep: isOn(query, "deep"),
    signal,
  });
  const json: DoctorAnswer = { ...report, ctx: cluster.name };
  return { json };
}

async function findings(call: UiCall): Promise<RouteAnswer> {
  const { ui, query } = call;
  const lines = findingsLines(call, ui.clusters.all(query.get("ctx")), isOn(query, "fresh"));
  return await Promise.resolve({ lines });
}

async function preview(call: UiCall): Promise<RouteAnswer> {
  const body = await call.body();
  const cluster = call.ui.clusters.get(neededText(body, "ctx"));
  return { json: await repairPreview(cluster.skeg, neededText(body, "command"), call.signal) };
}
