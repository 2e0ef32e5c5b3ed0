import { formatAmount } from "../../protocol/base/units.ts";
import { html, type Markup } from "./html.ts";
import type { Site } from "./site.ts";

/**
 * An amount with all its decimals, those below a hundredth in a softer voice, so that columns of
 * amounts can be read at a glance and still be checked to the last unit.
 */
export function money(amount: bigint, token: Site["token"], form: { readonly withSymbol?: boolean } = {}): Markup {
  const [whole = "0", fraction = ""] = formatAmount(amount, token.decimals).split(".");
  const [cents, rest] = [fraction.slice(0, 2), fraction.slice(2)];
  return html`<span class="money">${whole}${cents === "" ? null : `.${cents}`}${rest === "" ? null : html`<span class="fine">${rest}</span>`}${
    form.withSymbol ? html` <span class="unit">${token.symbol}</span>` : null
  }</span>`;
}

/** A price: an amount, or the word "free". */
export function price(amount: bigint, token: Site["token"], form: { readonly withSymbol?: boolean } = {}): Markup {
  return amount === 0n ? html`<span class="free">free</span>` : money(amount, token, form);
}
