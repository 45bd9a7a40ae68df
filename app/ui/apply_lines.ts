/**
 * Applying a plan, line by line.
 *
 * @module
 */
import type { ReleaseEvent, SavedPlan } from "../../engine/release/mod.ts";
import type { Release } from "../../engine/model/mod.ts";
import type { UiCall } from "./call.ts";
import { errorData } from "./error_data.ts";
import { eventText } from "./event_text.ts";
import { maskOf } from "./masks.ts";
import { Queue } from "./queue.ts";
import type { ApplyLine, PlanAnswer } from "./types.ts";

/**
 * Applies a plan and yields what happens. It goes on when the tab is closed: an operation that is stopped in the middle leaves a
 * failed release. Only the end of the server stops it, and then its record says so.
 */
export async function* applyLines(
  call: UiCall,
  { ctx, release, report }: PlanAnswer,
  saved: SavedPlan,
): AsyncGenerator<ApplyLine> {
  const { ui, ended } = call;
  const { skeg } = ui.clusters.get(ctx);
  const what = `${report.operation} of ${release} in ${ctx}`;
  ui.options.say(`skeg ui: applies a plan: ${what}`);
  const events = new Queue<ReleaseEvent>();
  const seen: Release[] = await skeg.history(release, { max: 1 }).then((found) => [...found], () => []);
  const startedMs = ui.now();
  const tellEnd = (text: string, ok: boolean): void => {
    ui.clusters.get(ctx).health.delete(release);
    ui.options.say(`skeg ui: ${ok ? "applied" : "failed"}: ${what}`);
    ui.activity.add({ kind: "operation", ctx, text: `${what}: ${text}`, ms: ui.now() - startedMs, ok });
    events.end();
  };
  const work = skeg.apply(saved, {
    // The page has shown the dangers, and they were confirmed by the release's name.
    accept: report.risks.map(({ code }) => code),
    signal: ended,
    onEvent: (event) => events.push(event),
  });
  // Told even if no tab reads the lines any more.
  work.then(
    ({ revision }) => tellEnd(`revision ${revision}`, true),
    (error) => tellEnd(errorData(error).message, false),
  );
  for await (const event of events.read()) {
    if (event.type === "record") seen.push(event.release);
    const text = eventText(event);
    if (text === "") continue;
    const progress = (await maskOf(ui, seen)).text(text);
    ui.activity.add({ kind: "event", ctx, text: progress, ok: event.type !== "warning" });
    yield { progress };
  }
  const { revision, info } = await work;
  yield { done: { revision, status: info.status.code } };
}
