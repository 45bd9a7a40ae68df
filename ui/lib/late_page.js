/**
 * Pages whose modules are loaded when they are shown. The bundle has all pages in its script, and another module in place of this
 * one (`tools/_page.ts`).
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { html } from "./h.js";
import { Failure, Waiting } from "./states.js";

/** @import { Route } from "../routes.js" */

/**
 * A page, once its module is there.
 *
 * @param {{ route: Route, params: Record<string, string>, release?: unknown }} props
 */
export function LatePage({ route, params, release }) {
  const [page, setPage] = useState(
    /** @type {{ route: Route, show?: any, error?: unknown } | undefined} */ (undefined),
  );
  useEffect(() => {
    let isOver = false;
    route.load().then(
      ({ default: show }) => isOver || setPage({ route, show }),
      (error) => isOver || setPage({ route, error }),
    );
    return () => {
      isOver = true;
    };
  }, [route]);
  if (page?.route !== route) return html`<${Waiting} what="the page" />`;
  if (page.error !== undefined) {
    return html`<${Failure} title="The page could not be loaded" error=${{
      message: `skeg does not answer at ${location.origin}`,
      hint: "If it has ended, start it again with 'skeg ui' and open the address that it prints.",
    }} retry=${() => location.reload()} />`;
  }
  return html`<${page.show} params=${params} release=${release} />`;
}
