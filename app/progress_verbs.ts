/**
 * Words for the events of objects.
 *
 * @module
 */
import type { KubeProgress } from "../engine/kube/mod.ts";

/** The event of an object in a word or two; empty for events that have their own sentence. */
export const PROGRESS_VERBS: Readonly<Record<KubeProgress["verb"], string>> = {
  "create": "created",
  "update": "updated",
  "unchanged": "unchanged",
  "delete": "deleted",
  "keep": "kept",
  "warning": "",
  "replace": "replaced",
  "restore": "restored",
  "unclear": "may have been changed: the request was not answered",
  "wait": "waiting for",
  "hook-wait": "waiting for",
  "ready": "is ready",
  "wait-start": "",
  "wait-note": "",
};
