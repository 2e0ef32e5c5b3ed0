import { describe, expect, test } from "vitest";
import { decodeArtifact } from "../../../audit/code/artifact.ts";
import { BUILDS } from "../../../audit/code/builds.ts";
import { matchBuild } from "../../../audit/code/match-build.ts";
import { readArtifact } from "../../../cli/deploy/contracts.ts";
import type { Hex } from "../../../protocol/base/bytes.ts";

const { deployedBytecode, immutableReferences } = readArtifact("Floodgate");
const word = (start: number, length = 32) => ({ "1": [{ start, length }] });

describe("a build that the auditor brings", () => {
  test.each([
    ["Hardhat", { deployedBytecode, immutableReferences }],
    ["Foundry", { deployedBytecode: { object: deployedBytecode, immutableReferences } }],
  ])("as %s writes it is the published one, when it is made of the same source", (_, artifact) => {
    const build = decodeArtifact(JSON.stringify(artifact));
    const published = BUILDS.find(({ contract }) => contract === "Floodgate");
    expect([build.codeHash, build.bytes]).toEqual([published?.codeHash, published?.bytes]);
    expect(matchBuild(deployedBytecode as Hex, [build])?.build).toBe(build);
    expect(matchBuild(`${deployedBytecode}00` as Hex, [build])).toBeNull();
  });

  test.each<[string, unknown]>([
    ["no JSON", "{"],
    ["nothing", "null"],
    ["a list", "[]"],
    ["no code", { immutableReferences: {} }],
    ["code that is no hex", { deployedBytecode: "0xzz", immutableReferences: {} }],
    ["code of half a byte", { deployedBytecode: "0x123", immutableReferences: {} }],
    ["unlinked code", { deployedBytecode: "0x60__$aa$__", immutableReferences: {} }],
    ["no places of immutables", { deployedBytecode: `0x${"00".repeat(40)}` }],
    ["a place behind the code", { deployedBytecode: `0x${"00".repeat(40)}`, immutableReferences: word(9) }],
    ["a place before it", { deployedBytecode: `0x${"00".repeat(40)}`, immutableReferences: word(-1) }],
    ["a place of another size", { deployedBytecode: `0x${"00".repeat(40)}`, immutableReferences: word(0, 31) }],
    ["places that are numbers", { deployedBytecode: `0x${"00".repeat(40)}`, immutableReferences: { 1: [3] } }],
    ["a place that is nothing", { deployedBytecode: `0x${"00".repeat(40)}`, immutableReferences: { 1: [null] } }],
    ["half of Foundry's", { deployedBytecode: { immutableReferences: {} } }],
  ])("is refused with %s", (_, artifact) => {
    const text = typeof artifact === "string" ? artifact : JSON.stringify(artifact);
    expect(() => decodeArtifact(text)).toThrow(expect.objectContaining({ code: "ARTIFACT_INVALID" }));
  });
});
