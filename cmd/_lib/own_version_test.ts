import { equal } from "node:assert/strict";
import project from "../../deno.json" with { type: "json" };
import { OWN_VERSION } from "./own_version.ts";

Deno.test("OWN_VERSION is the version of the project", () => equal(OWN_VERSION, project.version));
