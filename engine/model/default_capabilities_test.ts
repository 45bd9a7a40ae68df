import { equal } from "node:assert/strict";
import { defaultApiVersions } from "./default_capabilities.ts";

Deno.test("defaultApiVersions() has the 554 strings of Helm 2", () => {
  const versions = defaultApiVersions();
  equal(versions.size, 554);
  equal(versions.has("v1/PodList"), true);
  equal(versions.has("apps/__internal/WatchEvent"), true);
  equal(versions.has("batch/v1beta1/JobTemplateList"), false);
});
