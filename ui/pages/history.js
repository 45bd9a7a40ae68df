/**
 * The revisions of a release, and what changed in each.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useCallback } from "preact/hooks";
import { apiPath } from "../lib/api.js";
import { useData } from "../lib/data.js";
import { useEvents } from "../lib/events.js";
import { html } from "../lib/h.js";
import { useKeys } from "../lib/keys.js";
import { List } from "../lib/list.js";
import { say } from "../lib/live.js";
import { releaseLink } from "../lib/release_frame.js";
import { field, go, setFields } from "../lib/router.js";
import { sized } from "../lib/shown.js";
import { Read, Status } from "../lib/states.js";
import { usePage, word } from "../lib/store.js";
import { Time } from "../lib/time.js";

/**
 * @import { ReleaseAnswer, RevisionEntry, RevisionsAnswer } from "../../app/ui/types.ts"
 * @import { PageProps } from "../routes.js"
 */

const HINTS = /** @type {const} */ ([["j k", "move"], ["enter", "what changed"], ["x", "pick"], ["c", "compare"]]);

const COLUMNS = [
  { id: "pick", label: "Picked", isHidden: true },
  { id: "revision", label: "Rev" },
  { id: "status", label: "Status" },
  { id: "updated", label: "When" },
  { id: "chart", label: "Chart" },
  { id: "phrase", label: "What changed" },
  { id: "size", label: "Record", hint: "Size of the record as it is stored" },
];

/** @param {PageProps} props */
export default function History({ release }) {
  const { ctx, name } = /** @type {ReleaseAnswer} */ (release);
  const answer = /** @type {import("../lib/data.js").Data<RevisionsAnswer>} */ (useData(
    apiPath(["releases", ctx, name, "revisions"]),
  ));
  useEvents((line) => {
    if (line.topic === "release" && line.ctx === ctx && line.name === name) void answer.reload();
  }, [answer]);
  usePage({ title: `${name}: history`, command: `history ${word(name)}`, ctx, hints: HINTS });
  return html`
    <h2 class="spoken">History</h2>
    <${Read} of=${answer} what=${`the revisions of ${name}`}>${(/** @type {RevisionsAnswer} */ { revisions }) =>
      html`<${Revisions} release=${release} revisions=${revisions} />`}<//>
  `;
}

/**
 * The two revisions that are compared: those picked, the older one first. Without a pick the newest two.
 *
 * @param {readonly RevisionEntry[]} revisions Newest first.
 * @returns {number[]}
 */
function picked(revisions) {
  const given = field("pick").split(",").map(Number).filter((number) =>
    revisions.some(({ revision }) => revision === number)
  );
  const newest = revisions.length < 2 ? [] : revisions.slice(0, 2).map(({ revision }) => revision);
  const picks = field("pick") === "" ? newest : given;
  return picks.toSorted((a, b) => a - b);
}

/** @param {{ release: ReleaseAnswer, revisions: readonly RevisionEntry[] }} props */
function Revisions({ release, revisions }) {
  const picks = picked(revisions);
  const [older, newer] = picks;
  const active = useSignal(-1);
  /** @param {number | undefined} revision */
  const pick = (revision) => {
    if (revision === undefined) return;
    const given = field("pick") === "" ? [] : picks;
    const next = given.includes(revision) ? given.filter((each) => each !== revision) : [...given.slice(-1), revision];
    setFields({ pick: next.length === 0 ? undefined : next.join(",") });
    say(next.length === 0 ? "none picked" : `picked: ${next.join(" and ")}`);
  };
  const compare = () => newer === undefined ? undefined : go(releaseLink(release, ["diff", older ?? 0, newer]));
  useKeys({ x: () => pick(revisions[active.peek()]?.revision), c: compare });
  /** @param {RevisionEntry} entry @param {number} index */
  const open = (entry, index) => go(changeLink(release, entry.revision, revisions[index + 1]?.revision));
  const cells = useCallback(
    (/** @type {RevisionEntry} */ entry, /** @type {number} */ index) =>
      revisionCells(
        entry,
        changeLink(release, entry.revision, revisions[index + 1]?.revision),
        picks.includes(entry.revision),
        pick,
      ),
    [release, revisions, picks.join()],
  );
  const back = older === release.newest ? undefined : older;
  return html`
    <${List} class="history" label=${`Revisions of ${release.name}`} items=${revisions} columns=${COLUMNS} cells=${cells}
      active=${active} open=${open} />
    <p class="actions">
          ${newer !== undefined &&
            html`<a class="button" href=${
              releaseLink(release, ["diff", older ?? 0, newer])
            }>Compare ${older} with ${newer}</a>`}
          <a class="button" href=${releaseLink(release, ["diff", release.newest, "live"])}>Compare ${release
            .newest} with the cluster</a>
          ${back !== undefined &&
            html`<a class="button" href=${
              releaseLink(release, ["rollback", back])
            }>What would a rollback to ${back} do</a>`}
        </p>
  `;
}

/**
 * The address of what changed in a revision; of the first one, its manifest.
 *
 * @param {ReleaseAnswer} release
 * @param {number} revision
 * @param {number | undefined} before
 */
function changeLink(release, revision, before) {
  return before === undefined
    ? releaseLink(release, ["manifest"], { rev: revision === release.newest ? undefined : revision })
    : releaseLink(release, ["diff", before, revision]);
}

/**
 * @param {RevisionEntry} entry
 * @param {string} address
 * @param {boolean} isPicked
 * @param {(revision: number) => void} pick
 */
function revisionCells(
  { revision, status, updated, chart, version, description, phrase, sizeBytes },
  address,
  isPicked,
  pick,
) {
  const whole = version === "" ? chart : `${chart}-${version}`;
  return html`
    <div role="cell" class="pick"><input type="checkbox" tabindex="-1" aria-label=${`Pick revision ${revision}`}
          checked=${isPicked} onChange=${() => pick(revision)} /></div>
    <div role="cell" class="revision"><a href=${address} tabindex="-1" aria-label=${`Revision ${revision}: what changed`}>${revision}</a></div>
    <div role="cell" class="status">
      <${Status} status=${status} />
    </div>
    <div role="cell" class="updated">
      <${Time} at=${updated} />
    </div>
    <div role="cell" class="chart" title=${whole}>${whole}</div>
    <div role="cell" class="phrase" title=${`${phrase}\u2002(${description})`}><span>${phrase || "nothing"}</span>
          <span class="description">${description}</span></div>
    <div role="cell" class="size">${sizeBytes === null ? "–" : sized(sizeBytes)}</div>
  `;
}
