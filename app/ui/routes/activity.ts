/**
 * Routes about what happens: the activity of this process, and changes as they come.
 *
 * @module
 */
import type { Answer, Call, Route } from "../call.ts";
import { changeLines } from "../change_lines.ts";

/** `/activity`, `/events`. */
export const ACTIVITY_ROUTES: readonly Route[] = [
  { method: "GET", path: "/activity", answer: activity },
  { method: "GET", path: "/events", answer: events },
];

async function activity({ ui }: Call): Promise<Answer> {
  return await Promise.resolve({ json: ui.activity.answer() });
}

async function events(call: Call): Promise<Answer> {
  const topics = new Set((call.query.get("topics") ?? "releases,activity").split(",").map((topic) => topic.trim()));
  return await Promise.resolve({ lines: changeLines(call, topics) });
}
