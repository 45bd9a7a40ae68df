/**
 * The route that compares revisions, or a revision with the cluster.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { clusterOf, type RouteAnswer, type UiCall, type UiRoute } from "../call.ts";
import { isOn, wholeNumber } from "../fields.ts";
import { withTexts } from "../report_texts.ts";

/** `/releases/{ctx}/{name}/diff`. */
export const DIFF_ROUTES: readonly UiRoute[] = [{ method: "GET", path: "/releases/:ctx/:name/diff", answer: diff }];

async function diff(call: UiCall): Promise<RouteAnswer> {
  const { params, query, signal } = call;
  const [from, to] = [wholeNumber(query.get("from"), "from", 1), query.get("to")];
  const live = to === "live";
  if (from === undefined && !live) throw new SkegError("usage", "a comparison needs from=REVISION");
  const text = isOn(query, "text");
  const report = await clusterOf(call).skeg.diff(params.name ?? "", {
    from,
    ...live ? { live } : { to: wholeNumber(to, "to", 1) },
    withDocuments: text,
    signal,
  });
  return { json: text ? withTexts(report) : report };
}
