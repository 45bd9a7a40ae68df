/**
 * Hooks: from a record of Helm 2 to one of Helm 3.
 *
 * @module
 */
import type { Hook, HookEvent, TestRun, TestStatus } from "../../model/mod.ts";
import type { Helm3Hook, Helm3HookRun } from "./record_types.ts";
import { goTime } from "./times.ts";

/** Events of Helm 3, by those of Helm 2. The others have no counterpart. */
const EVENTS: Readonly<Partial<Record<HookEvent, string>>> = {
  "pre-install": "pre-install",
  "post-install": "post-install",
  "pre-delete": "pre-delete",
  "post-delete": "post-delete",
  "pre-upgrade": "pre-upgrade",
  "post-upgrade": "post-upgrade",
  "pre-rollback": "pre-rollback",
  "post-rollback": "post-rollback",
  "test-success": "test",
};

/** True if a hook has an event that Helm 3 knows: the others are left out. */
export function hasHelm3Event({ events }: Pick<Hook, "events">): boolean {
  return events.some((event) => EVENTS[event] !== undefined);
}

/** Results of tests, as Helm 3 names them. */
const PHASES: Readonly<Record<TestStatus, string>> = {
  SUCCESS: "Succeeded",
  FAILURE: "Failed",
  RUNNING: "Running",
  UNKNOWN: "Unknown",
};

/** The delete timeout of hooks that name none. Source: Helm 2.17.0, `pkg/tiller/hooks.go`. */
const DELETE_TIMEOUT_SECONDS = 60;

const NEVER: Helm3HookRun = { started_at: "", completed_at: "", phase: "" };

/**
 * Returns hooks as Helm 3 stores them. A hook without an event that Helm 3 has is left out, as Helm 3 itself leaves it out
 * when it renders such a document. Adds a sentence to `notes` for each that is lost.
 *
 * @param tests Results of the last run of the release's tests.
 */
export function hooksToHelm3(hooks: readonly Hook[], tests: readonly TestRun[], notes: string[]): Helm3Hook[] {
  return hooks.flatMap((hook) => {
    const events = hook.events.flatMap((event) => EVENTS[event] ?? []);
    const lost = [...new Set(hook.events.filter((event) => EVENTS[event] === undefined))];
    const subject = `hook ${hook.kind} ${JSON.stringify(hook.name)}`;
    if (events.length === 0) {
      const of = lost.length === 0 ? "without an event" : `of ${lost.join(", ")}`;
      notes.push(`${subject} ${of} is left out: Helm 3 has no such hooks`);
      return [];
    }
    if (lost.length > 0) notes.push(`${subject} loses its event ${lost.join(", ")}: Helm 3 does not have it`);
    const { deleteTimeoutSeconds: timeout } = hook;
    if (timeout !== 0 && timeout !== DELETE_TIMEOUT_SECONDS) {
      notes.push(`${subject} loses its delete timeout of ${timeout} seconds: Helm 3 does not have one`);
    }
    return [{
      name: hook.name,
      kind: hook.kind,
      path: hook.path,
      manifest: hook.manifest,
      events,
      last_run: lastRunOf(hook, tests),
      weight: hook.weight,
      delete_policies: hook.deletePolicies,
    }];
  });
}

function lastRunOf({ name, lastRun }: Hook, tests: readonly TestRun[]): Helm3HookRun {
  const test = tests.find((run) => run.name === name);
  if (test !== undefined) {
    const { startedAt, completedAt, status } = test;
    return { started_at: goTime(startedAt), completed_at: goTime(completedAt), phase: PHASES[status] };
  }
  if (lastRun === undefined) return NEVER;
  // Helm 2 writes it only after a hook that succeeded.
  return { started_at: goTime(lastRun), completed_at: goTime(lastRun), phase: "Succeeded" };
}
