/** Names of the classes in errors.ts. A code belongs to one of them. */
export type ErrorClass =
  | "FloodgateError"
  | "InputError"
  | "ProtocolError"
  | "PaymentError"
  | "AccessError"
  | "ChainError"
  | "NetworkError"
  | "VerificationError"
  | "InvariantError";

/** What programs and documents need to know about a code. */
export interface ErrorFacts<Class extends ErrorClass = ErrorClass> {
  readonly class: Class;
  /** The command line's exit code. */
  readonly exit: number;
  /** The authority's HTTP status. */
  readonly status: number;
  /** One sentence: what happened. */
  readonly meaning: string;
  /** One sentence: what to do. */
  readonly action: string;
}

/** What all codes of one table share: class, exit code and HTTP status. */
export type Shared<Class extends ErrorClass> = Pick<ErrorFacts<Class>, "class" | "exit" | "status">;

/** One line of a table. */
export type Words = readonly [meaning: string, action: string];

/** Gives each code of a table what the table shares. */
export function defineCodes<Class extends ErrorClass, Code extends string>(
  shared: Shared<Class>,
  table: Readonly<Record<Code, Words>>,
): Readonly<Record<Code, ErrorFacts<Class>>> {
  const entries = Object.entries<Words>(table);
  const facts = entries.map(([code, [meaning, action]]) => [code, { ...shared, meaning, action }] as const);
  return Object.fromEntries(facts) as Record<Code, ErrorFacts<Class>>;
}
