/**
 * Applying a plan, line by line.
 *
 * @module
 */
import type { ReleaseEvent, SavedPlan } from "../../engine/release/mod.ts";
import type { Release } from "../../engine/model/mod.ts";
import type { UiCall } from "./call.ts";
import { eventText } from "./event_text.ts";
import { maskOf } from "./masks.ts";
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
  const waiting: ReleaseEvent[] = [];
  const seen: Release[] = await skeg.history(release, { max: 1 }).then((found) => [...found], () => []);
  let wake = Promise.withResolvers<void>();
  let isOver = false;
  const startedMs = ui.now();
  const work = skeg.apply(saved, {
    // The page has shown the dangers, and they were confirmed by the release's name.
    accept: report.risks.map(({ code }) => code),
    signal: ended,
    onEvent: (event) => {
      waiting.push(event);
      wake.resolve();
    },
  }).finally(() => {
    isOver = true;
    ui.clusters.get(ctx).health.delete(release);
    wake.resolve();
  });
  work.then(
    ({ revision }) => tellEnd(`revision ${revision}`, true),
    (error) => tellEnd(error instanceof Error ? error.message : String(error), false),
  );
  const tellEnd = (text: string, ok: boolean): void => {
    ui.options.say(`skeg ui: ${ok ? "applied" : "failed"}: ${what}`);
    ui.activity.add({ kind: "operation", ctx, text: `${what}: ${text}`, ms: ui.now() - startedMs, ok });
  };
  while (!isOver || waiting.length > 0) {
    await wake.promise;
    wake = Promise.withResolvers();
    for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) {
      if (event.type === "record") seen.push(event.release);
      const text = eventText(event);
      if (text === "") continue;
      const progress = (await maskOf(ui, seen)).text(text);
      ui.activity.add({ kind: "event", ctx, text: progress, ok: event.type !== "warning" });
      yield { progress };
    }
    if (isOver && waiting.length === 0) break;
  }
  const { revision, info } = await work;
  yield { done: { revision, status: info.status.code } };
}
