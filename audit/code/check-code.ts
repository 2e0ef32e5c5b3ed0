import { bytesToHex } from "../../protocol/base/bytes.ts";
import { CHECKS } from "../checks.ts";
import type { Rules } from "../facts/facts.ts";
import { keccakOf, keccakOfDigits } from "../facts/keccak.ts";
import type { TokenFacts } from "../facts/money-text.ts";
import type { Hex } from "../facts/primitives.ts";
import type { Finding, NotChecked } from "../findings.ts";
import { domainSeparatorOf } from "../signatures/signatures.ts";
import type { Build } from "./build.ts";
import { type Match, matchBuild } from "./match-build.ts";

/** The code of the contract and of its token, at the last block. */
export interface DeployedCode {
  readonly contract: Hex;
  readonly token: Hex;
}

export interface CodeVerdict {
  readonly findings: readonly Finding[];
  readonly notChecked: readonly NotChecked[];
  /** What the contract is made of, as "Floodgate 0.1.0". Null: unknown. */
  readonly build: string | null;
}

/** A replay shows what a contract has done. Only its code shows what it can do. Pure. */
export function checkCode(
  { rules, token }: { readonly rules: Rules; readonly token: Pick<TokenFacts, "address"> },
  code: DeployedCode,
  builds: readonly Build[],
): CodeVerdict {
  const notChecked: NotChecked[] = [];
  if (matchBuild(code.token, buildsOf(builds, "TestDollar")) === null) {
    const can = "whether it can freeze, mint or take tokens";
    notChecked.push({ sentence: `the code of the token ${token.address}: ${can}`, block: null, tx: null });
  }
  const match = matchBuild(code.contract, buildsOf(builds, "Floodgate"));
  if (match === null) return { findings: [unknownCode(code.contract)], notChecked, build: null };
  const { contract, version, unnamed = [] } = match.build;
  if (unnamed.length > 0) {
    const sentence = "what the constructor fixed in the code: the artifact does not name it";
    notChecked.push({ sentence, block: null, tx: null });
  }
  return { findings: checkImmutables(match, rules, token), notChecked, build: `${contract} ${version}` };
}

function buildsOf(builds: readonly Build[], contract: string): Build[] {
  return builds.filter((build) => build.contract === contract);
}

function unknownCode(code: Hex): Finding {
  const hash = `0x${keccakOfDigits(code.slice(2))}`;
  return finding(
    `the contract's code (hash ${hash}) is no published build of Floodgate: it may do things that its history does not show yet`,
  );
}

/** A constructor of another's making could have written anything there. */
function checkImmutables({ build, immutables }: Match, rules: Rules, token: Pick<TokenFacts, "address">): Finding[] {
  const due = dueImmutables(rules, token);
  return [...immutables].flatMap(([name, found]) => {
    const expected = due[name];
    if (expected !== undefined && expected === found) return [];
    const is = found === null ? "several values" : String(found);
    const should = expected === undefined ? "unknown to this audit" : String(expected);
    return finding(`${name} in the code of ${build.contract} ${build.version} is ${is}; it must be ${should}`, {
      expected: should,
      actual: is,
    });
  });
}

const NAME = "Floodgate";
const VERSION = "1";

/** What the constructor fixes, by the names in OpenZeppelin's EIP712.sol and in Floodgate.sol. */
function dueImmutables(rules: Rules, token: Pick<TokenFacts, "address">): Readonly<Record<string, bigint>> {
  return {
    token: BigInt(token.address),
    allotmentPeriod: BigInt(rules.allotmentPeriod),
    claimPeriod: BigInt(rules.claimPeriod),
    _cachedDomainSeparator: BigInt(domainSeparatorOf(rules)),
    _cachedChainId: rules.chainId,
    _cachedThis: BigInt(rules.contract),
    _hashedName: BigInt(`0x${keccakOf(NAME)}`),
    _hashedVersion: BigInt(`0x${keccakOf(VERSION)}`),
    _name: shortString(NAME),
    _version: shortString(VERSION),
  };
}

/** OpenZeppelin's ShortStrings.sol: the text, then its length in the last byte. */
function shortString(text: string): bigint {
  const word = new Uint8Array(32);
  word.set(new TextEncoder().encode(text));
  word[31] = text.length;
  return BigInt(bytesToHex(word));
}

function finding(sentence: string, values: Pick<Finding, "expected" | "actual"> = {}): Finding {
  const { number: check, severity } = CHECKS["contract-code"];
  return { check, name: "contract-code", severity, sentence, block: null, tx: null, ...values };
}
