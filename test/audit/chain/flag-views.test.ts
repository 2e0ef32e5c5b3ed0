import { describe, expect, test } from "vitest";
import { decodeFlags, encodeFlagCalls, type FlagArguments } from "../../../audit/chain/flag-views.ts";
import { FLOODGATE } from "../../../audit/facts/abi.ts";

const ACCOUNT = "0x52908400098527886E0F7030069857D2E4169EE7";
const OTHER = "0xde709f2102306220921060314715629080e2fb77";
const LANES: readonly FlagArguments[] = [
  [ACCOUNT, "0"],
  [OTHER, "1"],
  [ACCOUNT, String(2 ** 32 - 1)],
];
const IDS: readonly FlagArguments[] = [
  [ACCOUNT, `0x${"0".repeat(63)}1`],
  [OTHER, `0x${"ab".repeat(32)}`],
];

test.each([
  ["isLaneSettled", LANES],
  ["isDepositIdUsed", IDS],
  ["isLaneSettled", LANES.slice(1, 2)],
] as const)("%s of many is asked as ethers asks", (view, all) => {
  const calls = all.map((args) => FLOODGATE.encodeFunctionData(view, [...args]));
  expect(encodeFlagCalls(view, all)).toBe(FLOODGATE.encodeFunctionData("multicall", [calls]));
});

describe("an answer", () => {
  const word = (value: number): string => value.toString(16).padStart(64, "0");
  const answerOf = (results: readonly string[]): string =>
    FLOODGATE.encodeFunctionResult("multicall", [results.map((result) => `0x${result}`)]);

  test.each([[[]], [[true]], [[false, true, true, false]]])("of %j is read", (flags) => {
    expect(decodeFlags(answerOf(flags.map((flag) => word(Number(flag)))), flags.length)).toEqual(flags);
  });

  test.each<[string, string]>([
    ["with too few members", answerOf([word(1)])],
    ["with too many", answerOf([word(1), word(0), word(1)])],
    ["that is neither yes nor no", answerOf([word(1), word(2)])],
    ["of no word", answerOf([word(1), `${word(1)}00`])],
    ["that is cut short", answerOf([word(1), word(0)]).slice(0, -2)],
    ["that goes on", `${answerOf([word(1), word(0)])}00`],
    ["in capitals that begin elsewhere", answerOf([word(1), word(0)]).replace("0x", "0X")],
    ["of nothing", "0x"],
  ])("%s is left to ethers", (_what, answer) => {
    expect(decodeFlags(answer, 2)).toBeNull();
  });
});
