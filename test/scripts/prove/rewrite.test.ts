import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { compose } from "../../../scripts/prove/compose.ts";
import { propertiesOf } from "../../../scripts/prove/report.ts";
import { fieldsOf, rewrite } from "../../../scripts/prove/rewrite.ts";
import { SPECS } from "../../../scripts/prove/specs.ts";

const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };

const SOURCE = `library AccountLib {
    /// @notice Takes { from the balance.
    function debit(IFloodgate.Account storage self, uint96 amount) internal {
        if (amount > self.balance) revert IFloodgate.TooMuch(amount, self.balance);
        self.balance -= amount;
        emit IFloodgate.Debited(amount);
    }

    function release(IFloodgate.Account storage self, uint96 amount) internal {
        debit(self, uint96(Math.min(amount, self.balance)));
    }
}
`;
const PART = { file: "AccountLib.sol", pointers: { self: "customer" }, variable: "customer" };

describe("rewrite", () => {
  test("turns a storage pointer into a variable, and errors into plain reverts", () => {
    const functions = rewrite(SOURCE, { ...PART, functions: ["debit"] }).replaceAll(/\s+/g, " ");

    expect(functions).toBe(
      "function customer_debit(uint96 amount) internal { if (amount > customer.balance) revert(); customer.balance -= amount; }",
    );
  });

  test("keeps calls among the functions", () => {
    expect(rewrite(SOURCE, PART)).toContain("customer_debit(uint96(_min(amount, customer.balance)));");
  });

  test("refuses a function that is not there any more", () => {
    expect(() => rewrite(SOURCE, { ...PART, functions: ["credit"] })).toThrow("has no function credit");
  });

  test("turns a structure into variables", () => {
    const fields = fieldsOf("struct Bond { uint96 amount; // base units\n bool open; }", "Bond", "bond");

    expect(
      fields
        .trim()
        .split(/\s*\n\s*|; /)
        .join(" "),
    ).toContain("uint96 internal bond_amount");
    expect(() => fieldsOf("", "Bond", "bond")).toThrow("no structure Bond");
  });
});

describe("compose", () => {
  test.each(SPECS)("makes a contract of $name that compiles", (spec) => {
    const sources = { "Proof.sol": { content: compose(spec) } };
    const input = { language: "Solidity", sources, settings: { outputSelection: { "*": { "*": [] } } } };
    const { errors = [] } = JSON.parse(solc.compile(JSON.stringify(input))) as { errors?: { severity: string }[] };

    expect(errors.filter(({ severity }) => severity === "error")).toEqual([]);
  });
});

describe("propertiesOf", () => {
  const source = "contract C {\n    assert(a <= b); // PROVE a is less\n    assert(c); // TRY c\n}\n";
  const at = (text: string, isProved: boolean, message: string): Parameters<typeof propertiesOf>[2][number] => ({
    isProved,
    message: `CHC: ${message}`,
    start: source.indexOf(text),
    end: source.indexOf(text) + text.length,
  });
  const underflow = at("a <= b", true, "Underflow check is safe!");

  test("tells what is proved, what is not, and what need not be", () => {
    const found = [
      at("assert(a <= b)", true, "Assertion violation check is safe!"),
      at("assert(c)", false, "Assertion violation might happen here."),
      underflow,
    ];

    expect(propertiesOf("C", source, found)).toEqual([
      { spec: "C", name: "a is less", isProved: true, isNeeded: true, reason: "" },
      { spec: "C", name: "c", isProved: false, isNeeded: false, reason: "z3 gave up" },
      { spec: "C", name: "no underflow (1 places)", isProved: true, isNeeded: true, reason: "" },
    ]);
  });

  test("tells a counterexample from giving up", () => {
    const found = [
      at("assert(a <= b)", false, "Assertion violation happens here."),
      at("assert(c)", true, "Assertion violation check is safe!"),
      underflow,
    ];

    expect(propertiesOf("C", source, found)[0]?.reason).toBe("there is a counterexample");
  });

  test("refuses an assertion that SMTChecker has not looked at, or that has no mark", () => {
    expect(() => propertiesOf("C", source, [underflow])).toThrow("has not looked at");
    expect(() => propertiesOf("C", "    assert(a);\n", [])).toThrow("neither PROVE nor TRY");
  });
});
