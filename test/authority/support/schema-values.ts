import type { Random } from "../../chaos/random.ts";

/** JSON Schema, as far as the routes use it. */
export interface Schema {
  readonly type?: string;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

/** What fits a schema, at its limits. `texts`: some of them fit its patterns. `now`: a time. */
export function makeValue(schema: Schema, random: Random, known: { texts: readonly string[]; now: number }): unknown {
  const { anyOf } = schema;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return random.pick(schema.enum);
  if (anyOf !== undefined) return makeValue(random.pick(anyOf), random, known);
  switch (schema.type) {
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([name]) => schema.required?.includes(name) || random.chance(0.5))
          .map(([name, property]) => [name, makeValue(property, random, known)]),
      );
    case "array": {
      const count = random.between(0, Math.min(schema.maxItems ?? 3, 3));
      return Array.from({ length: count }, () => makeValue(schema.items ?? {}, random, known));
    }
    case "integer":
    case "number":
      return makeNumber(schema, random, known.now);
    case "boolean":
      return random.chance(0.5);
    case "null":
      return null;
    default:
      return makeText(schema, random, known.texts);
  }
}

function makeNumber(schema: Schema, random: Random, now: number): number {
  const { minimum = -Number.MAX_SAFE_INTEGER, maximum = 1e300 } = schema;
  const good = [minimum, maximum, 0, 1, now, Number.MAX_SAFE_INTEGER, 2 ** 53, 4_294_967_295];
  return random.pick(good.filter((value) => value >= minimum && value <= maximum));
}

function makeText(schema: Schema, random: Random, texts: readonly string[]): string {
  const { pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema;
  const good = [...texts, "x".repeat(Math.min(maxLength, 2_000))].filter(
    (text) => text.length >= minLength && text.length <= maxLength && (!pattern || new RegExp(pattern).test(text)),
  );
  return good.length === 0 ? "x" : random.pick(good);
}
