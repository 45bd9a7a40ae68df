/**
 * The plan of a rollback.
 *
 * @module
 */
import { useEffect, useMemo } from "preact/hooks";
import { apiPath } from "../lib/api.js";
import { CHANGE_HINTS, Changes } from "../lib/change_list.js";
import { Data } from "../lib/data.js";
import { html } from "../lib/h.js";
import { Age, Read } from "../lib/states.js";
import { usePage, word } from "../lib/store.js";

/**
 * @import { PlanAnswer, ReleaseAnswer } from "../../app/ui/types.ts"
 * @import { PageProps } from "../routes.js"
 */

/** @param {PageProps} props */
export default function Rollback({ params, release }) {
  const { ctx, name } = /** @type {ReleaseAnswer} */ (release);
  const to = params["to"] ?? "";
  const plan = useMemo(() => {
    const body = { operation: "rollback", revision: Number(to), text: true };
    return /** @type {Data<PlanAnswer>} */ (new Data(apiPath(["releases", ctx, name, "plans"]), {
      method: "POST",
      body,
    }));
  }, [ctx, name, to]);
  useEffect(() => plan.use(), [plan]);
  usePage({
    title: `${name}: rollback to ${to}`,
    command: `plan rollback ${word(name)} ${to}`,
    ctx,
    hints: CHANGE_HINTS,
  });
  return html`
    <h2
      class="section-title">What a rollback to revision ${to} would do <span class="aside">a preview: nothing is changed</span></h2>
    <${Read} of=${plan} what=${`the plan of a rollback to ${to}`}>${(/** @type {PlanAnswer} */ { report, texts }) =>
      html`<${Changes} report=${report} texts=${texts} label=${`Rollback to ${to}`} tools=${html`<${Age} of=${plan} whenOld=${true} />`} />`}<//>
  `;
}
