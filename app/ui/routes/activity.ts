/**
 * Routes about what happens: the activity of this process, and changes as they come.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { RouteAnswer, UiCall, UiRoute } from "../call.ts";
import { changeLines } from "../change_lines.ts";

/** `/activity`, `/events`. */
export const ACTIVITY_ROUTES: readonly UiRoute[] = [
  { method: "GET", path: "/activity", answer: activity },
  { method: "GET", path: "/events", answer: events },
];

async function activity({ ui }: UiCall): Promise<RouteAnswer> {
  return await Promise.resolve({ json: ui.activity.answer() });
}

async function events(call: UiCall): Promise<RouteAnswer> {
  const topics = new Set((call.query.get("topics") ?? "releases,activity").split(",").map((topic) => topic.trim()));
  if (topics.has("objects") && !call.query.get("release")) {
    throw new SkegError("usage", "the topic objects needs a release", { hint: "Add release=NAME to the query." });
  }
  return await Promise.resolve({ lines: changeLines(call, topics) });
}
