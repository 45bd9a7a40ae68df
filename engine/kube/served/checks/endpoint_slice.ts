import { at } from "../plain.ts";
import type { Work } from "../work.ts";
import { refuseUnacceptable } from "./unacceptable.ts";

/** Refuses addresses of type `IP`, which could be of either family. */
export function checkEndpointSlice(work: Work): void {
  if (at(work.object, "addressType") !== "IP") return;
  refuseUnacceptable(work, {
    field: "addressType",
    text: "addressType is IP, which has no successor",
    hint: "Write addressType: IPv4 or IPv6 in the chart.",
  });
}
