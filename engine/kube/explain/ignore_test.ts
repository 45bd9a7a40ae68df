import { deepEqual, equal, throws } from "node:assert/strict";
import { hideIgnored, parseIgnoreFlag, readIgnoreRules } from "./ignore.ts";
import type { Change } from "./types.ts";

const ID = { group: "apps", kind: "Deployment", namespace: "shop", name: "web-1" };
const change = (path: string, more: Partial<Change> = {}): Change => ({ path, cause: ["drift"], ...more });
const CHANGES = [
  change("/spec/replicas", { manager: "kube-controller-manager" }),
  change("/spec/template/spec/containers/[name=web]/image"),
  change(""),
];

const shown = (rules: unknown, objects: Parameters<typeof hideIgnored>[3] = []): string[] =>
  hideIgnored(ID, CHANGES, readIgnoreRules(rules, "rules.yaml"), objects).changes.map(({ path }) => path);

Deno.test("hideIgnored() hides fields of the selected objects, and what is below them", () => {
  const [replicas = "", image = ""] = CHANGES.map(({ path }) => path);
  deepEqual(shown({ ignore: [{ paths: ["/spec/replicas"] }] }), [image, ""]);
  deepEqual(shown([{ paths: ["/spec/template"] }]), [replicas, ""]);
  deepEqual(shown({ paths: ["/spec/template/spec/containers/0/image"] }), [replicas, ""]);
  deepEqual(shown([{ paths: ["/spec"], target: { kind: "Deploy.*", name: "web-\\d" } }]), [""]);
  deepEqual(shown([{ paths: ["/spec"], target: { kind: "Deploy" } }]), [replicas, image, ""]);
  deepEqual(shown([{ managers: ["kube-controller-manager"] }]), [image, ""]);
});

Deno.test("hideIgnored() knows selectors and Flux' annotation, and never hides a whole object", () => {
  const object = { metadata: { labels: { app: "web" }, annotations: {} } };
  const rule = (labelSelector: string): unknown => [{ paths: ["/spec"], target: { labelSelector } }];
  deepEqual(shown(rule("app=web"), [object]), [""]);
  deepEqual(shown(rule("app!=web"), [object]).length, 3);
  deepEqual(shown(rule("!app"), [object]).length, 3);
  const disabled = { metadata: { annotations: { "helm.toolkit.fluxcd.io/driftDetection": "disabled" } } };
  equal(hideIgnored(ID, CHANGES, [], [disabled]).counts[0], 3);
});

Deno.test("readIgnoreRules() and parseIgnoreFlag() name the problem of a bad rule", () => {
  throws(
    () => readIgnoreRules({ ignore: [{ path: "/spec" }] }, "x.yaml"),
    /x\.yaml: an ignore rule has the unknown field "path"/,
  );
  throws(() => readIgnoreRules([{}], "x.yaml"), /needs paths or managers/);
  throws(() => readIgnoreRules([{ paths: ["/a"], target: { name: "(" } }], "x.yaml"), /invalid regular expression/);
  throws(() => parseIgnoreFlag("replicas"), /needs a path that begins with \//);
  deepEqual(parseIgnoreFlag("Deployment/web:/spec"), { paths: ["/spec"], target: { kind: "Deployment", name: "web" } });
});
