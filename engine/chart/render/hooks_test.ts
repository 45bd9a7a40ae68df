import { deepEqual, equal } from "node:assert/strict";
import type { Hook } from "../../model/mod.ts";
import { classify } from "./manifests.ts";

/** Returns the hook of a Job with the given annotations, and the log lines. */
function classified(
  annotations: Record<string, string>,
): { hook: Hook | undefined; logged: string[]; warned: string[] } {
  const logged: string[] = [];
  const warned: string[] = [];
  const text = `kind: Job\nmetadata:\n  name: j\n  annotations: ${JSON.stringify(annotations)}`;
  const found = classify({ "c/templates/j.yaml": text }, {
    log: (line) => logged.push(line),
    warn: (line) => warned.push(line),
  });
  equal(found.manifests.length, 0);
  return { hook: found.hooks[0], logged, warned };
}

Deno.test("a hook's events keep their order and repetitions", () => {
  const { hook } = classified({ "helm.sh/hook": " post-install,PRE-install , crd-install,post-install" });
  deepEqual(hook?.events, ["post-install", "pre-install", "crd-install", "post-install"]);
  deepEqual(
    [hook?.name, hook?.kind, hook?.path, hook?.weight, hook?.deletePolicies, hook?.deleteTimeoutSeconds],
    ["j", "Job", "c/templates/j.yaml", 0, [], 0],
  );
});

// Pins Q13.
Deno.test("one unknown event discards the document, and both the log and a warning say so", () => {
  for (const events of ["test", "", "pre-install,", "pre-install,unknown"]) {
    const { hook, logged, warned } = classified({ "helm.sh/hook": events });
    equal(hook, undefined);
    deepEqual(logged, [`info: skipping unknown hook: "${events}"`]);
    equal(warned.length, 1);
  }
});

Deno.test("a weight is a decimal number of 32 bits, else 0", () => {
  const cases: [string, number][] = [
    ["5", 5],
    ["-5", -5],
    ["+7", 7],
    ["007", 7],
    [" 5", 0],
    ["5.0", 0],
    ["0x5", 0],
    ["", 0],
    ["4294967297", 1],
    ["2147483648", -2147483648],
    ["99999999999999999999", 0],
  ];
  for (const [weight, wanted] of cases) {
    equal(classified({ "helm.sh/hook": "pre-install", "helm.sh/hook-weight": weight }).hook?.weight, wanted, weight);
  }
});

Deno.test("delete policies that are known are kept, others are logged", () => {
  const { hook, logged } = classified({
    "helm.sh/hook": "pre-install",
    "helm.sh/hook-delete-policy": "Hook-Succeeded, never,before-hook-creation,hook-succeeded",
  });
  deepEqual(hook?.deletePolicies, ["hook-succeeded", "before-hook-creation", "hook-succeeded"]);
  deepEqual(logged, ['info: skipping unknown hook delete policy: "never"']);
});

// Pins Q14.
Deno.test("the delete timeout counts only with a policy; nonsense means not to wait", () => {
  const cases: [string | undefined, number][] = [
    [undefined, 60],
    ["5", 5],
    ["5,9", 9],
    ["+3", 3],
    ["0", 0],
    ["soon", 0],
    ["-4", 0],
    ["", 0],
  ];
  for (const [timeout, wanted] of cases) {
    const more = timeout === undefined ? {} : { "helm.sh/hook-delete-timeout": timeout };
    const policy = { "helm.sh/hook": "pre-install", "helm.sh/hook-delete-policy": "hook-failed", ...more };
    equal(classified(policy).hook?.deleteTimeoutSeconds, wanted, String(timeout));
    equal(classified({ "helm.sh/hook": "pre-install", ...more }).hook?.deleteTimeoutSeconds, 0);
  }
  const { logged } = classified({
    "helm.sh/hook": "pre-install",
    "helm.sh/hook-delete-policy": "hook-failed",
    "helm.sh/hook-delete-timeout": "soon",
  });
  deepEqual(logged, ['info: ignoring invalid hook delete timeout value: "soon"']);
});
