import { equal } from "node:assert/strict";
import { isPlainDescription, maskedDescription } from "./release_rows.ts";

Deno.test("maskedDescription() hides values that a server quotes, and credentials", () => {
  equal(
    maskedDescription(
      'Upgrade "web" failed: Deployment.apps "web" is invalid: spec.env[0].value: Invalid value: "hunt\\"er2": bad',
    ),
    'Upgrade "web" failed: Deployment.apps "web" is invalid: spec.env[0].value: Invalid value: ***: bad',
  );
  equal(
    maskedDescription("Unsupported value: hunter2: supported values: a"),
    "Unsupported value: ***: supported values: a",
  );
  equal(maskedDescription("get https://ann:hunter2@example.com: refused"), "get https://ann:***@example.com: refused");
});

Deno.test("maskedDescription() shows an empty text, and hides Go values as a whole", () => {
  equal(maskedDescription('hosts: Invalid value: "": a name must …'), 'hosts: Invalid value: "": a name must …');
  equal(maskedDescription('Invalid value: ""'), 'Invalid value: ""');
  equal(maskedDescription('Invalid value: "hunter2'), "Invalid value: ***");
  equal(
    maskedDescription(
      'env[0]: Invalid value: core.EnvVar{Name:"A", Value:"hunter2"}: bad, labels: Invalid value: 7: no',
    ),
    "env[0]: Invalid value: ***: bad, labels: Invalid value: ***: no",
  );
});

Deno.test("isPlainDescription() knows the descriptions of operations that went well", () => {
  for (const text of ["Install complete", "Upgrade complete", "Rollback to 12", "Superseded by rollback to 3"]) {
    equal(isPlainDescription(text), true, text);
  }
  equal(isPlainDescription("Upgrade complete, almost"), false);
});
