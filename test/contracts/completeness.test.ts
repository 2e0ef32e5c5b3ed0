import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { floodgateAbi } from "../../protocol/contract/abi.ts";

/** Nothing of the contract's interface is without a Solidity test that names it. */

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), "utf8");
const tests = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".sol"))
  .map(read)
  .join("\n");
const source = read("../../contracts/interfaces/IFloodgate.sol");
const namesOf = (kind: "error" | "event"): string[] =>
  [...source.matchAll(new RegExp(`^ {4}${kind} (\\w+)\\(`, "gm"))].map((match) => match[1] as string);

describe("completeness", () => {
  test("every function that changes state is in the table of who may call what", () => {
    const table = read("Access.t.sol");
    const functions = floodgateAbi
      .filter((entry) => entry.type === "function")
      .filter(({ stateMutability }) => stateMutability !== "view")
      .map(({ name }) => name);

    expect(functions).toHaveLength(29);
    expect(functions.filter((name) => !new RegExp(`encodeCall\\(\\S+\\.${name},`).test(table))).toEqual([]);
  });

  test("every error is expected somewhere, with its arguments", () => {
    const errors = namesOf("error");

    expect(errors.length).toBeGreaterThan(30);
    expect(errors.filter((name) => !tests.includes(`IFloodgate.${name}.selector`))).toEqual([]);
  });

  test("every event is expected somewhere, with its arguments", () => {
    const events = namesOf("event");

    expect(events.length).toBeGreaterThan(15);
    expect(events.filter((name) => !tests.includes(`emit IFloodgate.${name}(`))).toEqual([]);
  });
});
