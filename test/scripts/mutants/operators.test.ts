import { describe, expect, test } from "vitest";
import { explanationOf, parseExplanations } from "../../../scripts/mutants/explanations.ts";
import { listMutants, nameOf } from "../../../scripts/mutants/mutant.ts";
import { MutantQueue } from "../../../scripts/mutants/queue.ts";
import { useMutant } from "../../../scripts/mutants/sandbox.ts";

const SOURCE = `// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

contract Counter {
    uint256 private total; // 1 + 1

    function add(uint256 amount) external onlyOwner {
        if (amount == 0) revert AmountZero();
        if (amount > total && open) {
            total += amount;
        }
        for (uint256 i = 0; i < amount; ++i) _note(i);
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, add(amount, 7))
        }
        uint256 half = Math.min(amount, total) >> 1;
        emit Added("a < b", half);
        return paid(voucher.payer, half);
    }
}

bytes32 constant TYPE = keccak256("Voucher(address payer,uint96 amount)");
`;

const changes = listMutants("contracts/Counter.sol", SOURCE).map(({ before, after }) => `${before} => ${after}`);

describe("listMutants", () => {
  test.each([
    "if (amount == 0) revert AmountZero(); => if (amount != 0) revert AmountZero();",
    "if (amount == 0) revert AmountZero(); => if (amount == 1) revert AmountZero();",
    "if (amount == 0) revert AmountZero(); => ",
    "if (amount > total && open) { => if (amount > total || open) {",
    "if (amount > total && open) { => if (!(amount > total && open)) {",
    "if (amount > total && open) { => if (amount >= total && open) {",
    "if (amount > total && open) { total += amount; } => ",
    "total += amount; => total -= amount;",
    "total += amount; => ",
    "function add(uint256 amount) external onlyOwner { => function add(uint256 amount) external {",
    "for (uint256 i = 0; i < amount; ++i) _note(i); => for (uint256 i = 1; i < amount; ++i) _note(i);",
    "for (uint256 i = 0; i < amount; ++i) _note(i); => for (uint256 i = 0; i < amount; --i) _note(i);",
    "let free := mload(0x40) => let free := mload(0x3f)",
    "mstore(free, add(amount, 7)) => mstore(free, sub(amount, 7))",
    "mstore(free, add(amount, 7)) => ",
    "uint256 half = Math.min(amount, total) >> 1; => uint256 half = Math.max(amount, total) >> 1;",
    "uint256 half = Math.min(amount, total) >> 1; => uint256 half = Math.min(amount, total) << 1;",
    'emit Added("a < b", half); => ',
    "if (amount > total && open) { => if (amount > 1 + total && open) {",
    "for (uint256 i = 0; i < amount; ++i) _note(i); => for (uint256 i = 0; i + 1 < amount; ++i) _note(i);",
    "for (uint256 i = 0; i < amount; ++i) _note(i); => ",
    "let free := mload(0x40) => let free := 0",
    "mstore(free, add(amount, 7)) => mstore(add(amount, 7), free)",
    "uint256 half = Math.min(amount, total) >> 1; => uint256 half;",
    "return paid(voucher.payer, half); => return paid(half, voucher.payer);",
    "return paid(voucher.payer, half); => return paid(voucher.payee, half);",
    "return paid(voucher.payer, half); => {}",
    'bytes32 constant TYPE = keccak256("Voucher(address payer,uint96 amount)"); => bytes32 constant TYPE = keccak256("Xoucher(address payer,uint96 amount)");',
    'bytes32 constant TYPE = keccak256("Voucher(address payer,uint96 amount)"); => bytes32 constant TYPE = keccak256("Voucher(address payer,uint248 amount)");',
    'bytes32 constant TYPE = keccak256("Voucher(address payer,uint96 amount)"); => bytes32 constant TYPE = keccak256("Voucher(uint96 amount,address payer)");',
  ])("makes %s", (change) => {
    expect(changes).toContain(change);
  });

  test("leaves comments, strings, declarations and the pragma alone", () => {
    const touched = changes.map((change) => change.split(" => ")[0]);

    expect(touched).not.toContain("uint256 private total; // 1 + 1");
    expect(touched).not.toContain("pragma solidity 0.8.37;");
    expect(changes.filter((change) => change.startsWith("emit"))).toEqual(['emit Added("a < b", half); => ']);
  });

  test("empties whole functions", () => {
    const [emptied] = listMutants("contracts/Counter.sol", SOURCE).filter(({ operator }) => operator === "function");

    expect(emptied?.after).toBe("function add(uint256 amount) external onlyOwner {}");
  });

  test("makes each mutant once", () => {
    const texts = listMutants("contracts/Counter.sol", SOURCE).map(({ text }) => text);

    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe("MutantQueue", () => {
  const mutants = Array.from({ length: 100 }, (_, line) => ({
    ...{ file: "a", line, operator: "flip", before: "", after: "", text: "" },
  }));

  function judge(count: number, seed: string): MutantQueue {
    const queue = new MutantQueue(mutants, count, seed);
    for (let mutant = queue.next(); mutant; mutant = queue.next()) {
      queue.settle(mutant, { status: mutant.line < 20 ? "refused" : "killed" });
    }
    return queue;
  }

  const linesOf = (queue: MutantQueue): number[] => queue.judged.map(({ mutant }) => mutant.line);

  test("replaces what does not compile", () => {
    const queue = judge(70, "1");

    expect(new Set(linesOf(queue)).size).toBe(70);
    expect(queue.replaced).toBeGreaterThan(0);
  });

  test("ends when nothing is left", () => {
    const queue = judge(Number.POSITIVE_INFINITY, "1");

    expect(queue.judged).toHaveLength(80);
    expect(queue.replaced).toBe(20);
  });

  test("chooses by the seed", () => {
    expect(linesOf(judge(10, "1"))).toEqual(linesOf(judge(10, "1")));
    expect(linesOf(judge(10, "1"))).not.toEqual(linesOf(judge(10, "2")));
  });
});

describe("explanations", () => {
  test("are found again by file, line's text and mutation", () => {
    const [changed, dropped] = [
      { file: "contracts/A.sol", before: "a = b;", after: "a = c;" },
      { file: "contracts/A.sol", before: "a = b;", after: "" },
    ];
    const markdown = `# Mutants\n\n## contracts/A.sol\n\n${explanationOf(changed)}same.\n${explanationOf(dropped)}also.\n`;

    expect(parseExplanations(markdown)).toEqual(
      new Map([
        [nameOf(changed), "same."],
        [nameOf(dropped), "also."],
      ]),
    );
  });

  test("without a reason are none", () => {
    const mutant = { before: "a = b;", after: "a = c;" };

    expect(parseExplanations(`## contracts/A.sol\n${explanationOf(mutant)}\n`)).toEqual(new Map());
  });
});

describe("useMutant", () => {
  test("imports the mutant's libraries", () => {
    const source =
      'import {A} from "../../../contracts/libraries/A.sol";\ncontract T { Floodgate f = newFloodgate(c); }\n';

    expect(useMutant(source, "support/T.sol")).toBe(
      'import {A} from "../../../mutant/libraries/A.sol";\ncontract T { Floodgate f = newFloodgate(c); }\n',
    );
  });

  test("minds no comment", () => {
    const source = "/// @notice This is what Floodgate does.\ncontract T {}\n";

    expect(useMutant(source, "T.t.sol")).toBe(source);
  });

  test.each(["contract T is Floodgate {}", "bytes code = type(Floodgate).creationCode;", "new Floodgate(c);"])(
    "refuses a test that embeds the code that is not mutated: %s",
    (source) => {
      expect(() => useMutant(source, "T.t.sol")).toThrow("deployed by `newFloodgate(config)` only");
    },
  );
});
