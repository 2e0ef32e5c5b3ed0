/** Markup that is safe to put into a page: only `html` and `join` make it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | bigint | Markup;

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Markup with values in it: all that is not markup itself is foreign text, and is escaped. */
export function html(literals: TemplateStringsArray, ...values: readonly (Value | readonly Markup[])[]): Markup {
  return new Markup(String.raw({ raw: literals }, ...values.map(write)));
}

function write(value: Value | readonly Markup[]): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return value.map(({ text }) => text).join("");
  return escapeText(String(value));
}

/** Nothing that a contract says may become markup, or turn the order of the letters around it. */
function escapeText(text: string): string {
  return text.replace(/\p{C}/gu, "?").replace(/[&<>"']/g, (sign) => ENTITIES[sign] as string);
}
