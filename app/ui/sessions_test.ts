import { equal, notEqual } from "node:assert/strict";
import { Sessions } from "./sessions.ts";

Deno.test("a code is exchanged once, and its token is known from then on", async () => {
  let now = 0;
  let ended = 0;
  const sessions = new Sessions(() => now, () => ended++);
  const code = await sessions.newCode();
  const token = await sessions.exchange(code) ?? "";
  equal(await sessions.check(`Bearer ${token}`), "ok");
  equal(await sessions.check(token), "missing");
  equal(await sessions.check(null), "missing");
  equal(await sessions.check("Bearer "), "missing");
  equal(await sessions.exchange(code), undefined);
  const other = await sessions.newCode();
  notEqual(other, code);
  now = 60_001;
  equal(await sessions.exchange(other), undefined);
  equal(ended, 0);
});

Deno.test("the tenth different guess ends, and the same guess counts once", async () => {
  let ended = 0;
  const sessions = new Sessions(() => 0, () => ended++);
  for (let at = 0; at < 50; at++) equal(await sessions.check("Bearer same"), "wrong");
  for (let at = 0; at < 8; at++) await sessions.exchange(`code-${at}`);
  equal(ended, 0);
  await sessions.check("Bearer tenth");
  equal(ended, 1);
});
