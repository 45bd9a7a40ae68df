/**
 * Template functions about URLs. Exports `urlFuncs`.
 *
 * Answers to sprig 2.22.0, `url.go`.
 *
 * @module
 */

import { SkegError } from "../../../../errors.ts";
import { formatUrl, formatUser, type GoMap, type GoUrl, hostName, kindOf, newMap, parseUrl } from "../../golang/mod.ts";
import { define } from "./_define.ts";
import { FuncError, type FuncTable } from "./func.ts";

function parse(text: string, complaint: string): GoUrl {
  try {
    return parseUrl(text);
  } catch (error) {
    if (error instanceof SkegError) throw new FuncError(`${complaint}: ${error.message}`);
    throw error;
  }
}

function urlParse(text: string): GoMap {
  const url = parse(text, "unable to parse url");
  const { scheme, host, path, query, opaque, fragment, user } = url;
  const userinfo = user === undefined ? "" : formatUser(user);
  return Object.assign(newMap(), { scheme, host, hostname: hostName(url), path, query, opaque, fragment, userinfo });
}

/** Returns the text under a key; empty when there is none. */
function textAt(map: GoMap | null, key: string): string {
  if (map === null || !Object.hasOwn(map, key)) return "";
  const value = map[key];
  if (typeof value === "string") return value;
  if (value === null || value === undefined) {
    throw new FuncError("runtime error: invalid memory address or nil pointer dereference");
  }
  throw new FuncError(`unable to parse ${key} key, must be of type string, but ${kindOf(value)} found`);
}

function urlJoin(map: GoMap | null): string {
  const parts = {
    scheme: textAt(map, "scheme"),
    host: textAt(map, "host"),
    path: textAt(map, "path"),
    query: textAt(map, "query"),
    opaque: textAt(map, "opaque"),
    fragment: textAt(map, "fragment"),
  };
  const userinfo = textAt(map, "userinfo");
  const user = userinfo === "" ? undefined : parse(`proto://${userinfo}@host`, "unable to parse userinfo in dict").user;
  return formatUrl({ ...parts, user });
}

/** Functions about URLs, by name. */
export const urlFuncs: FuncTable = {
  urlParse: define(["string"], urlParse),
  urlJoin: define(["map[string]interface {}"], urlJoin),
};
