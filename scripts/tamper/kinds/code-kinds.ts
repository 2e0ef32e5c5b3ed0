import { BUILDS } from "../../../audit/code/builds.ts";
import type { DeployedCode } from "../../../audit/code/check-code.ts";
import type { Random } from "../random.ts";
import type { Kind } from "./kind.ts";

/** Digits of one immutable. */
const WORD = 64;

/** The contract's code is another than its history and its views let one think. */
export const CODE_KINDS: readonly Kind[] = [
  ofCode("a byte of the contract's code", (code, random) => flipByte(code, random.below((code.length - 2) / 2))),
  // `rescue(address)` behind the code that auditors have read.
  ofCode("a backdoor behind the contract's code", (code) => `${code}5f3560e01c63839006f214`),
  ofCode("a contract without the last byte of its code", (code) => code.slice(0, -2)),
  ofCode(
    "a proxy in front of the contract's code",
    () => `0x363d3d373d3d3d363d73${"be".repeat(20)}5af43d82803e903d91602b57fd5bf3`,
  ),
  ...Object.entries(BUILDS.find(({ contract }) => contract === "Floodgate")?.immutables ?? {}).map(([name, places]) =>
    ofCode(`${name} in the contract's code`, (code, random) => {
      const at = places[random.below(places.length)] ?? 0;
      return flipByte(code, at + WORD / 2 - 1);
    }),
  ),
];

function ofCode(name: string, change: (code: string, random: Random) => string): Kind {
  return {
    name,
    tell(recording, random) {
      const code: DeployedCode = {
        ...recording.code,
        contract: change(recording.code.contract, random) as `0x${string}`,
      };
      return { recording: { ...recording, code }, checks: ["contract-code"] };
    },
  };
}

function flipByte(code: string, byte: number): string {
  const at = 2 + 2 * byte;
  const flipped = (Number.parseInt(code.slice(at, at + 2), 16) ^ 1).toString(16).padStart(2, "0");
  return code.slice(0, at) + flipped + code.slice(at + 2);
}
