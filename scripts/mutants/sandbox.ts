import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readSource } from "./source.ts";

/**
 * A directory of one worker. `contracts/` stays as it is: tests take the contract's type from there, so that they compile once.
 * `mutant/` is where the mutation goes; tests deploy its Floodgate from CODE_FILE, and import its libraries.
 */
export interface Sandbox extends Disposable {
  readonly root: string;
}

const ROOT = join(import.meta.dirname, "..", "..");
const TESTS = "test/contracts";
/** Creation code of the mutant, hex. */
export const CODE_FILE = "mutant.hex";

const DEPLOYER = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Floodgate} from "../../contracts/Floodgate.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";

interface MutantVm {
    function readFile(string calldata path) external view returns (string memory);

    function parseBytes(string calldata text) external pure returns (bytes memory);
}

/// @notice Does what \`new Floodgate(config)\` does, with the code of the mutant.
function newFloodgate(IFloodgate.Config memory config) returns (Floodgate floodgate) {
    MutantVm vm = MutantVm(address(uint160(uint256(keccak256("hevm cheat code")))));
    bytes memory code = bytes.concat(vm.parseBytes(vm.readFile("${CODE_FILE}")), abi.encode(config));
    assembly ("memory-safe") {
        floodgate := create(0, add(code, 32), mload(code))
        if iszero(floodgate) {
            returndatacopy(0, 0, returndatasize())
            revert(0, returndatasize())
        }
    }
}
`;

export function createSandbox(): Sandbox {
  const root = mkdtempSync(join(tmpdir(), "floodgate-mutants-"));
  cpSync(join(ROOT, "contracts"), join(root, "contracts"), { recursive: true });
  cpSync(join(ROOT, "contracts"), join(root, "mutant"), { recursive: true });
  cpSync(join(ROOT, "test", "vectors"), join(root, "test", "vectors"), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  writeFileSync(join(root, "package.json"), '{"name": "mutants", "private": true, "type": "module"}\n');
  for (const file of solidityFiles(join(ROOT, TESTS))) {
    const path = join(root, TESTS, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, useMutant(readFileSync(join(ROOT, TESTS, file), "utf8"), file));
  }
  writeFileSync(join(root, TESTS, "Mutant.sol"), DEPLOYER);
  const remove = (): void => rmSync(root, { recursive: true, force: true });
  // Also when the program is stopped.
  process.once("exit", remove);
  return { root, [Symbol.dispose]: remove };
}

/** Test files relative to the root; those that take long or compile anew come last. */
export function listTests(root: string): string[] {
  const files = solidityFiles(join(root, TESTS)).filter((file) => file.endsWith(".t.sol"));
  const isSlow = (file: string): boolean =>
    /function invariant_|\/mutant\//.test(readFileSync(join(root, TESTS, file), "utf8"));
  return files
    .sort()
    .sort((a, b) => Number(isSlow(a)) - Number(isSlow(b)))
    .map((file) => join(TESTS, file));
}

/** Where the sandbox has the file that is mutated. */
export function mutantPath(root: string, file: string): string {
  return join(root, file.replace(/^contracts/, "mutant"));
}

function solidityFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".sol"));
}

/** A test's source that deploys and imports the mutant. @throws when it embeds Floodgate's code in another way */
export function useMutant(source: string, file: string): string {
  const up = "../".repeat(file.split("/").length - 1);
  const text = source
    .replaceAll(/"[./]*\/contracts\/libraries\//g, `"../../${up}mutant/libraries/`)
    .replaceAll(/\bnew Floodgate\(/g, "newFloodgate(");
  if (/\bis\b[^{;]*\bFloodgate\b|type\(Floodgate\)|\bnew Floodgate\b/.test(readSource(file, text).code)) {
    throw new Error(`${file}: mutants are deployed in place of \`new Floodgate(config)\` only`);
  }
  if (!text.includes("newFloodgate(")) return text;
  return text.replace(/^import /m, `import {newFloodgate} from "./${up}Mutant.sol";\nimport `);
}
