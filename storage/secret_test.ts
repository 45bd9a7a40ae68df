import { equal, ok } from "node:assert/strict";
import { driverSuite } from "../tests/_lib/driver_suite.ts";
import { fakeObjects } from "../tests/_lib/fake_objects.ts";
import { someRelease } from "../tests/_lib/releases.ts";
import type { Driver } from "./driver.ts";
import { secretDriver } from "./secret.ts";

driverSuite("secret", () => {
  const { call } = fakeObjects();
  const driver = (): Driver => secretDriver(call, "kube-system", { pageSize: 10 });
  return { driver: driver(), other: driver() };
});

Deno.test("create() writes a Secret whose data is in base64 twice", async () => {
  const { call, objects } = fakeObjects();
  await secretDriver(call, "tiller").create(someRelease());
  const secret = objects.get("/api/v1/namespaces/tiller/secrets/web.v1");
  equal(secret?.kind, "Secret");
  equal(secret?.type, undefined);
  ok((secret?.data as Record<string, string>).release?.startsWith("SDRzSUFB"));
});
