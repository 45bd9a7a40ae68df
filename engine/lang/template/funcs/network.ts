/**
 * Template functions about the network. Exports `networkFuncs`.
 *
 * Answers to sprig 2.22.0, `network.go`. Rendering does no input or output, so
 * names are not looked up: an address is its own answer, this machine's name
 * has the usual one, and everything else fails as on a machine without network.
 *
 * @module
 */

import { parseIp } from "../../golang/mod.ts";
import { define } from "./_define.ts";
import { FuncError, type FuncTable } from "./func.ts";

function getHostByName(name: string): string {
  if (parseIp(name) !== undefined) return name;
  if (/^localhost\.?$/i.test(name)) return "127.0.0.1";
  throw new FuncError("invalid argument to Intn");
}

/** Functions about the network, by name. */
export const networkFuncs: FuncTable = {
  getHostByName: define(["string"], getHostByName),
};
