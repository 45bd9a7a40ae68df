/**
 * Finds the route for a path.
 *
 * @module
 */
import type { UiRoute } from "./call.ts";

/** A route that fits, and the parts of the path that it names. */
export interface FoundRoute {
  readonly route: UiRoute;
  readonly params: Readonly<Record<string, string>>;
}

/** A route, its path in parts. */
interface SplitRoute {
  readonly route: UiRoute;
  readonly parts: readonly string[];
}

/** Routes by the number of parts of their path. */
export type RouteTable = ReadonlyMap<number, readonly SplitRoute[]>;

/** Makes the table of routes. A route with fixed words comes before one with names in their place. */
export function routeTable(routes: readonly UiRoute[]): RouteTable {
  const split = routes.map((route) => ({ route, parts: route.path.slice(1).split("/") }));
  const names = ({ parts }: SplitRoute): number => parts.filter((part) => part.startsWith(":")).length;
  return Map.groupBy(split.sort((a, b) => names(a) - names(b)), ({ parts }) => parts.length);
}

/**
 * Returns the route for a path below `/api/v1`. `wrong-method` if there is one for another method, `undefined` if there is none.
 * Parts are split before they are decoded: names of contexts may hold `/`.
 */
export function findRoute(table: RouteTable, method: string, path: string): FoundRoute | "wrong-method" | undefined {
  let given: string[];
  try {
    given = path.slice(1).split("/").map(decodeURIComponent);
  } catch {
    return undefined;
  }
  const fitting = (table.get(given.length) ?? []).filter(({ parts }) =>
    parts.every((part, at) => part.startsWith(":") ? given[at] !== "" : part === given[at])
  );
  const found = fitting.find(({ route }) => route.method === method);
  if (found === undefined) return fitting.length > 0 ? "wrong-method" : undefined;
  const params = found.parts.flatMap((part, at) => part.startsWith(":") ? [[part.slice(1), given[at] ?? ""]] : []);
  return { route: found.route, params: Object.fromEntries(params) };
}
