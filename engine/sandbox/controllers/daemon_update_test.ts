import { deepEqual } from "node:assert/strict";
import type { KubeObject } from "../../model/mod.ts";
import { type NodePods, updateStep } from "./daemon_update.ts";

/** A set whose update strategy has these limits. */
function setWith(rollingUpdate: Record<string, unknown>): KubeObject {
  return { apiVersion: "apps/v1", kind: "DaemonSet", spec: { updateStrategy: { rollingUpdate } } } as KubeObject;
}

const pod = (name: string): KubeObject => ({ apiVersion: "v1", kind: "Pod", metadata: { name } });

/** Nodes as a text: `old`, `OLD` for an old pod that is down, `new`, `NEW`, `old+new`, `none`. */
function nodesOf(...texts: string[]): NodePods[] {
  return texts.map((text, index) => {
    const names = text === "none" ? [] : text.split("+").map((kind) => `${kind}${index}`);
    const of = (kind: RegExp): KubeObject[] => names.filter((name) => kind.test(name)).map(pod);
    return { node: `node${index}`, current: of(/^new/i), old: of(/^old/i) };
  });
}

/** The step as names of pods to remove and nodes to add one on. */
function step(limits: Record<string, unknown>, ...texts: string[]): [string[], string[]] {
  const isAvailable = (each: KubeObject): boolean => /^[a-z]/.test(each.metadata?.name ?? "");
  const { remove, add } = updateStep(setWith(limits), nodesOf(...texts), isAvailable);
  return [remove.map((each) => each.metadata?.name ?? ""), [...add]];
}

Deno.test("updateStep() removes as many old pods as maxUnavailable lets be down", () => {
  deepEqual(step({ maxUnavailable: 1 }, "old", "old", "old"), [["old0"], []]);
  deepEqual(step({ maxUnavailable: 2 }, "old", "old", "old"), [["old0", "old1"], []]);
  deepEqual(step({ maxUnavailable: "50%" }, "old", "old", "old"), [["old0", "old1"], []]);
  deepEqual(step({ maxUnavailable: 2 }, "NEW", "old", "old"), [["old1"], []]);
  deepEqual(step({ maxUnavailable: 1 }, "none", "old", "new"), [[], []]);
  deepEqual(step({}, "new", "old", "old"), [["old1"], []]);
});

Deno.test("updateStep() replaces an old pod that is down at once", () => {
  deepEqual(step({ maxUnavailable: 1 }, "OLD", "old", "NEW"), [["OLD0"], []]);
});

Deno.test("updateStep() with maxSurge makes the new pod first, and removes the old one when it is available", () => {
  deepEqual(step({ maxUnavailable: 0, maxSurge: 1 }, "old", "old", "old"), [[], ["node0"]]);
  deepEqual(step({ maxUnavailable: 0, maxSurge: 1 }, "old+NEW", "old", "old"), [[], []]);
  deepEqual(step({ maxUnavailable: 0, maxSurge: 1 }, "old+new", "old", "OLD"), [["old0"], ["node2", "node1"]]);
});

Deno.test("updateStep() with both limits at 0 takes one pod at a time", () => {
  deepEqual(step({ maxUnavailable: 0, maxSurge: 0 }, "old", "old"), [["old0"], []]);
});
