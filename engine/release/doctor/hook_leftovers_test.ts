import { deepEqual, equal } from "node:assert/strict";
import type { DeletePolicy, Hook, HookEvent, StatusCode } from "../../model/mod.ts";
import { someRelease } from "../../../tests/_lib/releases.ts";
import { nextTrouble, workState } from "./hook_leftovers.ts";

const hook = (events: HookEvent[], kind = "Job", deletePolicies: DeletePolicy[] = []): Hook => ({
  name: "a",
  kind,
  path: "",
  manifest: "",
  events,
  weight: 0,
  deletePolicies,
  deleteTimeoutSeconds: 0,
});
const trouble = (one: Hook, status: StatusCode = "DEPLOYED") => nextTrouble(one, someRelease({ status }));

Deno.test("nextTrouble() is the first operation that a left object stops", () => {
  deepEqual(
    [
      trouble(hook(["post-install", "pre-upgrade"])),
      trouble(hook(["pre-delete"])),
      trouble(hook(["test-success"], "Pod")),
      trouble(hook(["pre-install"])),
    ],
    ["upgrade", "delete", "test", "install"],
  );
  // A hook that failed is kept by hook-succeeded.
  equal(trouble(hook(["pre-upgrade"], "Job", ["hook-succeeded"])), "upgrade");
});

Deno.test("nextTrouble() leaves out what the hook deletes first, and what an install made to be used", () => {
  equal(trouble(hook(["pre-upgrade"], "Job", ["before-hook-creation"])), undefined);
  equal(trouble(hook(["pre-install"], "Secret")), undefined);
  equal(trouble(hook(["crd-install"], "CustomResourceDefinition")), undefined);
  // After a deletion nothing uses it, and the next install finds it.
  equal(trouble(hook(["crd-install"], "CustomResourceDefinition"), "DELETED"), "install");
});

Deno.test("workState() tells what a Job or a Pod did", () => {
  const states = [{ active: 1 }, { succeeded: 1 }, { failed: 1 }, {}, { phase: "Failed" }].map((status) =>
    workState({ status })
  );
  deepEqual(states, ["active", "succeeded", "failed", "not started", "failed"]);
});
