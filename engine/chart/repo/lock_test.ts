import { equal } from "node:assert/strict";
import type { Chart } from "../../model/mod.ts";
import { decodeRequirements } from "../load/mod.ts";
import { encodeLock, loadLock, requirementsDigest } from "./lock.ts";

const digest = (text: string) => requirementsDigest(decodeRequirements(text));
const chartWith = (path: string, text: string): Chart =>
  ({ files: [{ path, data: new TextEncoder().encode(text) }] }) as unknown as Chart;

Deno.test("requirementsDigest() gives what Helm 2.17.0 gives", () => {
  equal(digest("dependencies: []"), "sha256:81059fe6210ccee4e3349c0f34c12d180f995150128a913d63b65b7937c6b152");
  equal(
    digest("dependencies:\n- {name: nginx, version: ~1.0.0, repository: 'alias:stable'}\n"),
    "sha256:96d4c14788f0f9c97368d1dae6ee1dc132dee206057fa0768832b081bb18a0c1",
  );
});

Deno.test("requirementsDigest() tells lists apart by all that is written", () => {
  const lists = [
    "{}",
    "dependencies: []",
    "dependencies: [{name: a}]",
    "dependencies: [{name: a, version: '1'}]",
    "dependencies: [{name: a, alias: b}]",
    "dependencies: [{name: a, tags: [b]}]",
    "dependencies: [{name: a, condition: b}]",
    "dependencies: [{name: a, import-values: [b]}]",
    "dependencies: [{name: a, import-values: [{child: b, parent: c}]}]",
    "dependencies: [{name: a}, {name: b}]",
    "dependencies: [{name: b}, {name: a}]",
  ];
  equal(new Set(lists.map(digest)).size, lists.length);
});

Deno.test("a lock is read back as it is written", () => {
  const lock = {
    generated: "2020-01-02T03:04:05.678Z",
    digest: "sha256:00",
    dependencies: [{ name: "a", repository: "http://h", version: "1.0.0" }, { name: "b", repository: "", version: "" }],
  };
  equal(
    encodeLock(lock),
    `dependencies:
- name: a
  repository: http://h
  version: 1.0.0
- name: b
  repository: ""
digest: sha256:00
generated: "2020-01-02T03:04:05.678Z"
`,
  );
  equal(JSON.stringify(loadLock(chartWith("requirements.lock", encodeLock(lock)))), JSON.stringify(lock));
});

Deno.test("loadLock() takes what cannot be read for no lock", () => {
  equal(loadLock(chartWith("other", "")), undefined);
  for (const text of ["", "dependencies: [", "- a", "dependencies: text", "generated: yesterday"]) {
    equal(loadLock(chartWith("requirements.lock", text)), undefined, text);
  }
});
