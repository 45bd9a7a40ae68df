/**
 * The changes between two revisions, or between a revision and the cluster.
 *
 * @module
 */
import { useEffect } from "preact/hooks";
import { apiPath } from "../lib/api.js";
import { CHANGE_HINTS, Changes } from "../lib/change_list.js";
import { useData } from "../lib/data.js";
import { html } from "../lib/h.js";
import { releaseLink } from "../lib/release_frame.js";
import { field, go } from "../lib/router.js";
import { Age, Empty, Read } from "../lib/states.js";
import { usePage, word } from "../lib/store.js";
import { exact } from "../lib/time.js";

/**
 * @import { DiffAnswer, ReleaseAnswer, RevisionsAnswer } from "../../app/ui/types.ts"
 * @import { PageProps } from "../routes.js"
 */

/** @param {PageProps} props */
export default function Diff({ params, release }) {
  const known = /** @type {ReleaseAnswer} */ (release);
  const { from, to } = params;
  return from === undefined || to === undefined
    ? html`<${Newest} release=${known} />`
    : html`<${Compared} release=${known} from=${from} to=${to} />`;
}

/** Goes to the comparison of the newest two revisions. @param {{ release: ReleaseAnswer }} props */
function Newest({ release }) {
  const { ctx, name } = release;
  const answer = /** @type {import("../lib/data.js").Data<RevisionsAnswer>} */ (
    useData(apiPath(["releases", ctx, name, "revisions"], { max: 2 }))
  );
  const [newest, before] = answer.data.value?.revisions ?? [];
  useEffect(() => {
    if (newest !== undefined && before !== undefined) {
      go(releaseLink(release, ["diff", before.revision, newest.revision]), { replace: true });
    }
  }, [newest, before]);
  return html`<${Read} of=${answer} what=${`the revisions of ${name}`}>${() =>
    before === undefined && newest !== undefined
      ? html`<${Empty} title="There is one revision only">
        <a href=${releaseLink(release, ["diff", newest.revision, "live"])}>Compare it with the cluster</a><//>`
      : null}<//>`;
}

/** @param {{ release: ReleaseAnswer, from: string, to: string }} props */
function Compared({ release, from, to }) {
  const { ctx, name, newest } = release;
  const isLive = to === "live";
  const isText = field("view") === "text";
  const answer = /** @type {import("../lib/data.js").Data<DiffAnswer>} */ (
    useData(apiPath(["releases", ctx, name, "diff"], { from, to, text: isText ? 1 : undefined }))
  );
  const revision = isLive && Number(from) !== newest ? ` --revision ${from}` : "";
  const command = isLive ? `diff live ${word(name)}${revision}` : `diff revision ${word(name)} ${from} ${to}`;
  const title = isLive ? `Revision ${from} and the cluster` : `Revision ${from} → ${to}`;
  usePage({ title: `${name}: ${title.toLowerCase()}`, command, ctx, hints: CHANGE_HINTS });
  const tools = html`
    <${Others} release=${release} from=${from} to=${to} />
    <${Age} of=${answer} whenOld=${true} />
  `;
  return html`
    <h2 class="section-title">${title} <${Made} report=${answer.data.value} /></h2>
    <${Read} of=${answer} what=${isLive ? `the objects of ${name}` : `revisions ${from} and ${to}`}>${(
      /** @type {DiffAnswer} */ report,
    ) => html`<${Changes} report=${report} texts=${report.texts} label=${title} tools=${tools} />`}<//>
  `;
}

/** Which chart and when. @param {{ report: DiffAnswer | undefined }} props */
function Made({ report }) {
  if (report === undefined) return null;
  if (report.operation === "live") return null;
  const { chart, made, valuesChanged } = report.release;
  const charts = chart === undefined
    ? ""
    : chart.from === chart.to
    ? `chart ${chart.to}`
    : `chart ${chart.from ?? "none"} → ${chart.to ?? "none"}`;
  const at = made?.to === null || made?.to === undefined ? "" : exact(Date.parse(made.to) / 1000);
  const values = valuesChanged === undefined ? "" : `values ${valuesChanged ? "changed" : "unchanged"}`;
  return html`<span class="aside">${[at, charts, values].filter((part) => part !== "").join(", ")}</span>`;
}

/** @param {{ release: ReleaseAnswer, from: string, to: string }} props */
function Others({ release, from, to }) {
  if (to === "live") {
    return from === "1"
      ? null
      : html`<a href=${releaseLink(release, ["diff", Number(from) - 1, from])}>what revision ${from} changed</a>`;
  }
  return html`<a href=${releaseLink(release, ["diff", to, "live"])}>${to} against the cluster</a>`;
}
