/**
 * The plan of a rollback; and the rollback itself, where the program was started with `--allow-write`.
 *
 * @module
 */
import { useEffect, useMemo } from "preact/hooks";
import { apiPath } from "../lib/api.js";
import { CHANGE_HINTS, Changes } from "../lib/change_list.js";
import { Data } from "../lib/data.js";
import { html } from "../lib/h.js";
import { Age, Read } from "../lib/states.js";
import { useMe, usePage, word } from "../lib/store.js";
import { Apply } from "./apply.js";

/**
 * @import { MeAnswer, PlanAnswer, PlanRequest, ReleaseAnswer } from "../../app/ui/types.ts"
 * @import { PageProps } from "../routes.js"
 */

/** @param {PageProps} props */
export default function Rollback({ params, release }) {
  const { ctx, name } = /** @type {ReleaseAnswer} */ (release);
  const to = params["to"] ?? "";
  const me = /** @type {MeAnswer | undefined} */ (useMe(ctx).data.value);
  // A text that is no number is sent as it is: the server refuses it, and would take the revision before without one.
  const request = useMemo(
    () => /** @type {PlanRequest} */ (/** @type {unknown} */ ({
      operation: "rollback",
      revision: /^\d{1,15}$/.test(to) ? Number(to) : to,
      text: true,
    })),
    [to],
  );
  const plan = useMemo(() => {
    const body = request;
    return /** @type {Data<PlanAnswer>} */ (new Data(apiPath(["releases", ctx, name, "plans"]), {
      method: "POST",
      body,
    }));
  }, [ctx, name, request]);
  useEffect(() => plan.use(), [plan]);
  usePage({
    title: `${name}: rollback to ${to}`,
    command: `plan rollback ${word(name)} ${to}`,
    ctx,
    hints: CHANGE_HINTS,
  });
  return html`
    <h2
      class="section-title">What a rollback to revision ${to} would do <span class="aside">${me?.allowWrite
        ? "nothing is changed before a saved plan is applied"
        : "a preview: nothing is changed"}</span></h2>
    <${Read} of=${plan} what=${`the plan of a rollback to ${to}`}>${(/** @type {PlanAnswer} */ { report, texts }) =>
      html`
        <${Changes} report=${report} texts=${texts} label=${`Rollback to ${to}`} tools=${html`<${Age} of=${plan} whenOld=${true} />`} />
        <${Apply} key=${to} me=${me} ctx=${ctx} name=${name} request=${request}
          disabled=${false} show=${(/** @type {PlanAnswer} */ saved) => plan.data.value = saved}
          again=${() => void plan.reload()} />
      `}<//>
  `;
}
