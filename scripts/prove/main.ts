import { env, exit, stderr } from "node:process";
import { readOptions } from "../options.ts";
import { compose } from "./compose.ts";
import { formatProperties, type Property, propertiesOf } from "./report.ts";
import { check, hasSolver } from "./smt-checker.ts";
import { SPECS } from "./specs.ts";

/** `npm run prove`: what holds for every sequence of calls, and not only for those of the tests. */

const HELP = `Usage: npm run prove -- [OPTIONS]

Proves properties of the contract's money with SMTChecker and z3 (Debian: z3), after a rewrite of the
sources. Fails when one that must be proved is not. test/contracts/proofs.md explains it.

  --only NAME  of scripts/prove/specs/
  --json       one more line at the end, for programs`;

const values = readOptions(HELP, {
  json: { type: "boolean", default: false },
  only: { type: "string", default: "" },
});

if (!hasSolver()) {
  const isRequired = env.FLOODGATE_REQUIRE_DEBIAN === "1";
  stderr.write(`${isRequired ? "error" : "skipped"}: no z3 is installed: apt-get install z3 (PROVE)\n`);
  exit(isRequired ? 1 : 0);
}

const properties = SPECS.filter(({ name }) => name.includes(values.only)).flatMap((spec): Property[] => {
  const source = compose(spec);
  const startedAt = performance.now();
  const result = propertiesOf(spec.name, source, check(source, `${spec.name}Spec`));
  stderr.write(`${spec.name}: ${Math.round((performance.now() - startedAt) / 1000)} s\n`);
  return result;
});
console.log(formatProperties(properties));
const proved = properties.filter(({ isProved }) => isProved).length;
const missing = properties.filter(({ isProved, isNeeded }) => isNeeded && !isProved);
for (const { spec, name, reason } of missing) stderr.write(`error: ${spec}: not proved: ${name}: ${reason} (PROVE)\n`);
if (values.json) console.log(JSON.stringify({ properties: properties.length, proved }));
exit(missing.length === 0 && properties.length > 0 ? 0 : 1);
