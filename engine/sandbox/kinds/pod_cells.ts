/**
 * The row of a pod.
 *
 * Source of the cells: Kubernetes 1.34, `pkg/printers/internalversion/printers.go`.
 *
 * @module
 */
import { at, type Json, mapOf, mapsOf, numberOf, textOf } from "../json.ts";
import { age, hasCondition, nameOf, type RowContext, since } from "../tables/format.ts";

function endReason(terminated: Json): string {
  const reason = textOf(terminated["reason"]);
  if (reason !== "") return reason;
  const signal = numberOf(terminated["signal"]);
  return signal !== 0 ? `Signal:${signal}` : `ExitCode:${numberOf(terminated["exitCode"])}`;
}

interface PodSummary {
  reason: string;
  ready: number;
  restarts: number;
  lastEnd: string;
}

function noteRestarts(summary: PodSummary, container: Json): void {
  summary.restarts += numberOf(container["restartCount"]);
  const end = textOf(at(container, "lastState", "terminated", "finishedAt"));
  if (end > summary.lastEnd) summary.lastEnd = end;
}

/**
 * Counts init containers; returns true while they are not done. The first that is not done gives
 * the reason.
 */
function summariseInit(pod: Json, summary: PodSummary, restartable: ReadonlySet<string>): boolean {
  const list = mapsOf(at(pod, "status", "initContainerStatuses"));
  for (const [i, container] of list.entries()) {
    noteRestarts(summary, container);
    const ended = at(container, "state", "terminated");
    if (ended !== undefined && numberOf(at(ended, "exitCode")) === 0) continue;
    // A sidecar that has started no longer holds up the others.
    if (restartable.has(textOf(container["name"])) && container["started"] === true) {
      if (container["ready"] === true) summary.ready++;
      continue;
    }
    const waiting = textOf(at(container, "state", "waiting", "reason"));
    if (ended !== undefined) summary.reason = `Init:${endReason(mapOf(ended))}`;
    else if (waiting !== "" && waiting !== "PodInitializing") summary.reason = `Init:${waiting}`;
    else summary.reason = `Init:${i}/${mapsOf(at(pod, "spec", "initContainers")).length}`;
    return true;
  }
  return false;
}

function summariseMain(pod: Json, summary: PodSummary): void {
  let running = false;
  // From the last to the first, so that the first container's reason is the one that stays.
  for (const container of mapsOf(at(pod, "status", "containerStatuses")).reverse()) {
    noteRestarts(summary, container);
    const waiting = textOf(at(container, "state", "waiting", "reason"));
    const ended = at(container, "state", "terminated");
    if (waiting !== "") summary.reason = waiting;
    else if (ended !== undefined) summary.reason = endReason(mapOf(ended));
    else if (container["ready"] === true && at(container, "state", "running") !== undefined) {
      running = true;
      summary.ready++;
    }
  }
  // One container that ended does not make the pod completed while another one runs.
  if (summary.reason === "Completed" && running) summary.reason = hasCondition(pod, "Ready") ? "Running" : "NotReady";
}

function summarise(pod: Json): PodSummary & { total: number } {
  const phase = textOf(at(pod, "status", "phase"));
  const summary: PodSummary = {
    reason: textOf(at(pod, "status", "reason")) || phase,
    ready: 0,
    restarts: 0,
    lastEnd: "",
  };
  const restartable = new Set(
    mapsOf(at(pod, "spec", "initContainers")).filter((c) => c["restartPolicy"] === "Always").map((c) =>
      textOf(c["name"])
    ),
  );
  const initializing = summariseInit(pod, summary, restartable);
  if (!initializing || hasCondition(pod, "Initialized")) {
    // Restarts of init containers that are done do not count; those of sidecars do.
    if (restartable.size === 0) summary.restarts = 0;
    summariseMain(pod, summary);
  }
  const leaving = at(pod, "metadata", "deletionTimestamp") !== undefined;
  if (leaving && phase !== "Succeeded" && phase !== "Failed") summary.reason = "Terminating";
  return { ...summary, total: mapsOf(at(pod, "spec", "containers")).length + restartable.size };
}

function gates(pod: Json): string {
  const list = mapsOf(at(pod, "spec", "readinessGates"));
  if (list.length === 0) return "<none>";
  return `${list.filter((gate) => hasCondition(pod, textOf(gate["conditionType"]))).length}/${list.length}`;
}

/** The cells of a pod's row. */
export function podCells(object: Json, context: RowContext): unknown[] {
  const { reason, ready, restarts, lastEnd, total } = summarise(object);
  // The time of the last restart is shown only when a kubelet has reported it.
  const again = restarts !== 0 && lastEnd !== "" ? `${restarts} (${since(lastEnd, context)} ago)` : String(restarts);
  return [
    nameOf(object),
    `${ready}/${total}`,
    reason,
    again,
    age(object, context),
    textOf(at(object, "status", "podIP")) || "<none>",
    textOf(at(object, "spec", "nodeName")) || "<none>",
    textOf(at(object, "status", "nominatedNodeName")) || "<none>",
    gates(object),
  ];
}

/** Conditions of a pod's row: they say that it has completed or failed. */
export function podRowConditions(object: Json): Json[] {
  const phase = at(object, "status", "phase");
  if (phase === "Succeeded") {
    return [{ type: "Completed", status: "True", reason: "Succeeded", message: "The pod has completed successfully." }];
  }
  if (phase !== "Failed") return [];
  return [{ type: "Completed", status: "True", reason: "Failed", message: "The pod failed." }];
}
