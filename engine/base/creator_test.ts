import { equal, match, notEqual } from "node:assert/strict";
import { isCreator, newCreator } from "./mod.ts";

Deno.test("newCreator() gives a name that servers take and no other creation has", () => {
  const names = Array.from({ length: 1000 }, newCreator);
  equal(new Set(names).size, 1000);
  // The server allows at most 128 printable characters. The word before the dash identifies skeg's objects.
  for (const name of names) match(name, /^skeg-[0-9a-z]{1,13}-[0-9a-z]{1,10}$/);
});

Deno.test("newCreator() of another process gives other names", async () => {
  const code = `console.log((await import(${JSON.stringify(import.meta.resolve("./mod.ts"))})).newCreator())`;
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", "--no-check", code] }).output();
  const name = new TextDecoder().decode(stdout).trim();
  match(name, /^skeg-[0-9a-z]+-1$/);
  notEqual(name.split("-")[1], newCreator().split("-")[1]);
});

Deno.test("isCreator() knows creations from later writes and from other programs", () => {
  equal(isCreator(newCreator()), true);
  for (const name of ["skeg", "tiller", "skegger", "kubectl-create"]) equal(isCreator(name), false);
});
