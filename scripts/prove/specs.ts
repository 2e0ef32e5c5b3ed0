import type { Part } from "./rewrite.ts";

/** A contract of specs/ and what of the sources it inherits. */
export interface Spec {
  readonly name: string;
  readonly parts: readonly Part[];
  /** Variables: structure and name. */
  readonly variables: readonly (readonly [structure: string, name: string])[];
}

const ACCOUNTS = "contracts/libraries/accounts";
const ACCOUNT_LIB = `${ACCOUNTS}/AccountLib.sol`;

function library(name: string, variable: string): Part {
  return { file: `${ACCOUNTS}/${name}.sol`, pointers: { self: variable, allotter: variable }, variable };
}

export const SPECS: readonly Spec[] = [
  {
    name: "Account",
    parts: [
      { file: ACCOUNT_LIB, functions: ["release"], pointers: { self: "funds" }, variable: "funds" },
      {
        file: ACCOUNT_LIB,
        functions: ["request", "withdraw"],
        pointers: { self: "asked", funds: "funds" },
        variable: "asked",
      },
    ],
    variables: [
      ["Funds", "funds"],
      ["Exit", "asked"],
    ],
  },
  { name: "Bond", parts: [library("BondLib", "bond")], variables: [["Bond", "bond"]] },
  {
    name: "Session",
    parts: [{ ...library("SessionLib", "session"), functions: ["raise", "revoke", "remaining", "paysClaim"] }],
    variables: [["Terms", "session"]],
  },
  { name: "Allotter", parts: [library("AllotterLib", "theKey")], variables: [["Allotter", "theKey"]] },
];
