import { equal } from "node:assert/strict";
import { ETA_PACKAGE_PATH, etaPackageModule } from "./generate_eta.ts";

Deno.test("engine/chart/render/eta_package.ts holds the pinned version of Eta", async () => {
  equal(await Deno.readTextFile(ETA_PACKAGE_PATH), await etaPackageModule());
});
