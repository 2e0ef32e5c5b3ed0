import type { Part } from "./rewrite.ts";

/** A contract of specs/ and what of the sources it inherits. */
export interface Spec {
  readonly name: string;
  readonly parts: readonly Part[];
  /** Variables: structure and name. */
  readonly variables: readonly (readonly [structure: string, name: string])[];
}

const ACCOUNTS = "contracts/libraries/accounts";

function library(name: string, variable: string): Part {
  return { file: `${ACCOUNTS}/${name}.sol`, pointers: { self: variable, allotter: variable }, variable };
}

export const SPECS: readonly Spec[] = [
  { name: "Account", parts: [library("AccountLib", "customer")], variables: [["Account", "customer"]] },
  { name: "Bond", parts: [library("BondLib", "bond")], variables: [["Bond", "bond"]] },
  { name: "Session", parts: [library("SessionLib", "session")], variables: [["Session", "session"]] },
  { name: "Allotter", parts: [library("AllotterLib", "theKey")], variables: [["Allotter", "theKey"]] },
];
