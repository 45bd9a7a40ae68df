import { deepEqual } from "node:assert/strict";
import { cutLayout } from "./layout.ts";

Deno.test("cutLayout() tells names from words that begin like them", () => {
  const names = (layout: string): (string | undefined)[] => cutLayout(layout).map(({ element }) => element?.name);
  deepEqual(names("Janet Jan"), ["Jan", undefined]);
  deepEqual(names("_2006 __2 .000x"), ["2006", "__2", ".0", undefined]);
});
