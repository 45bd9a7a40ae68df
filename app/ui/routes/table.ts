/**
 * The table of routes. To add one, write its function and a line in its file's list.
 *
 * @module
 */
import type { UiRoute } from "../call.ts";
import type { UiOptions } from "../options.ts";
import { ABOUT_ROUTES } from "./about.ts";
import { ACTIVITY_ROUTES } from "./activity.ts";
import { CHART_ROUTES } from "./charts.ts";
import { DIFF_ROUTES } from "./diff.ts";
import { DOCTOR_ROUTES } from "./doctor.ts";
import { OBJECT_ROUTES } from "./objects.ts";
import { APPLY_ROUTES, PLAN_ROUTES } from "./plans.ts";
import { RELEASE_ROUTES } from "./releases.ts";
import { REVEAL_ROUTES } from "./reveal.ts";
import { REVISION_ROUTES } from "./revisions.ts";

/** Returns the routes of a server. Those that write, or show secrets, do not exist unless the options allow them. */
export function routesFor({ allowWrite, allowSecrets }: Pick<UiOptions, "allowWrite" | "allowSecrets">): UiRoute[] {
  return [
    ...ABOUT_ROUTES,
    ...RELEASE_ROUTES,
    ...REVISION_ROUTES,
    ...DIFF_ROUTES,
    ...OBJECT_ROUTES,
    ...PLAN_ROUTES,
    ...DOCTOR_ROUTES,
    ...CHART_ROUTES,
    ...ACTIVITY_ROUTES,
    ...allowWrite ? APPLY_ROUTES : [],
    ...allowSecrets ? REVEAL_ROUTES : [],
  ];
}
