import { InputError } from "../../protocol/base/errors.ts";
import type { Hex } from "../facts/primitives.ts";
import type { Build } from "./build.ts";
import { maskedHash } from "./match-build.ts";

/** Far more than any artifact of one contract. */
export const MAX_ARTIFACT_BYTES = 4 * 2 ** 20;
const WORD_BYTES = 32;

type Fields = Partial<Record<string, unknown>>;

/**
 * A build that the auditor brings: an artifact of Hardhat 3 (`deployedBytecode`,
 * `immutableReferences`), or of Foundry, which has both in its `deployedBytecode` (`object`). It
 * does not name its immutables.
 * @throws {InputError} ARTIFACT_INVALID
 */
export function decodeArtifact(text: string): Build {
  const invalid = (cause?: unknown): InputError =>
    new InputError("ARTIFACT_INVALID", "the artifact must be JSON with deployedBytecode and immutableReferences", {
      cause,
    });
  let artifact: Fields | null;
  try {
    artifact = JSON.parse(text) as Fields | null;
  } catch (cause) {
    throw invalid(cause);
  }
  const { code, references } = partsOf(artifact ?? {});
  if (typeof code !== "string" || !/^0x([0-9a-f]{2})+$/.test(code)) throw invalid();
  if (typeof references !== "object" || references === null) throw invalid();
  const listed = Object.values(references).flat() as ({ readonly start?: unknown; readonly length?: unknown } | null)[];
  const bytes = code.length / 2 - 1;
  const starts = listed.map((place) => {
    const { start, length } = place ?? {};
    if (length !== WORD_BYTES || typeof start !== "number" || !Number.isInteger(start)) throw invalid();
    if (start < 0 || start + WORD_BYTES > bytes) throw invalid();
    return start;
  });
  const places = { immutables: {}, unnamed: starts };
  return {
    contract: "Floodgate",
    version: "of the artifact",
    bytes,
    codeHash: maskedHash(code as Hex, places),
    ...places,
  };
}

function partsOf({ deployedBytecode, immutableReferences }: Fields): { code: unknown; references: unknown } {
  if (typeof deployedBytecode !== "object" || deployedBytecode === null)
    return { code: deployedBytecode, references: immutableReferences };
  const { object, immutableReferences: references = {} } = deployedBytecode as Fields;
  return { code: object, references };
}
