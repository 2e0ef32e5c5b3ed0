import Table from "cli-table3";
import type { Finding } from "./smt-checker.ts";

export interface Property {
  readonly spec: string;
  readonly name: string;
  readonly isProved: boolean;
  /** `PROVE`: it must be; `TRY`: z3 gives up on it, and nobody wonders. */
  readonly isNeeded: boolean;
  /** Why it is not proved. */
  readonly reason: string;
}

const MARK = /\/\/ (PROVE|TRY) (.*)$/;
const UNDERFLOW = "no underflow";

/**
 * Properties of a composed source: each `assert` with a mark, and all subtractions together.
 * @throws when an assertion has no mark, or SMTChecker has not looked at one
 */
export function propertiesOf(spec: string, source: string, findings: readonly Finding[]): Property[] {
  const asserts = [...source.matchAll(/^ *assert\(.*$/gm)].map(({ 0: line, index }) => {
    const [, kind, name = ""] = MARK.exec(line) ?? [];
    if (!kind) throw new Error(`${spec}: an assertion says neither PROVE nor TRY: ${line.trim()}`);
    const isOf = ({ start, message }: Finding): boolean =>
      start >= index && start < index + line.length && message.includes("Assertion");
    return describe(spec, name, kind === "PROVE", findings.filter(isOf));
  });
  const underflows = findings.filter(({ message }) => message.includes("Underflow"));
  return [...asserts, describe(spec, `${UNDERFLOW} (${underflows.length} places)`, true, underflows)];
}

export function formatProperties(properties: readonly Property[]): string {
  const table = new Table({ head: ["of", "property", "proved"], style: { head: [], border: [] } });
  for (const { spec, name, isProved, isNeeded, reason } of properties) {
    table.push([spec, name, isProved ? "proved" : `not proved${isNeeded ? "" : " (allowed)"}: ${reason}`]);
  }
  return table.toString();
}

function describe(spec: string, name: string, isNeeded: boolean, findings: readonly Finding[]): Property {
  if (findings.length === 0) throw new Error(`${spec}: SMTChecker has not looked at "${name}"`);
  const open = findings.find(({ isProved }) => !isProved);
  const reason = open?.message.includes("might") ? "z3 gave up" : "there is a counterexample";
  return { spec, name, isProved: !open, isNeeded, reason: open ? reason : "" };
}
