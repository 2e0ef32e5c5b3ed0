/** Markup that is safe to put into a page. Only `html` makes it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | bigint | Markup;

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** A template of markup. Values that are not markup are foreign text, and are escaped. */
export function html(literals: TemplateStringsArray, ...values: readonly (Value | readonly Markup[])[]): Markup {
  return new Markup(String.raw({ raw: literals }, ...values.map(write)));
}

function write(value: Value | readonly Markup[]): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return value.map(({ text }) => text).join("");
  return escapeText(String(value));
}

/** Text from a contract must not become markup, or reverse the text around it. */
function escapeText(text: string): string {
  return text.replace(/\p{C}/gu, "?").replace(/[&<>"']/g, (sign) => ENTITIES[sign] as string);
}
