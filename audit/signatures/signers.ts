import { hexToBytes } from "../../protocol/base/bytes.ts";
import { InvariantError } from "../../protocol/base/errors.ts";
import { keccakOf } from "../facts/keccak.ts";
import type { Address, Hex } from "../facts/primitives.ts";
import type { Tallies } from "../facts/tallies.ts";
import { ETHERS } from "./ethers-signatures.ts";
import { NATIVE } from "./native-signatures.ts";
import type { SignatureEngine, SignedKind, SignedTerms } from "./signed-terms.ts";

/**
 * One signature in so many is recovered twice: a second opinion costs as much as fifty first ones.
 * The sample is for an engine that is broken on this machine, and wrong again and again. Of 3,000
 * signers that it names wrongly, and as they are due, 19 samples in 20 show one.
 */
const SAMPLED_OF = 1_024;

/** Recovers signers natively. Asks ethers for a second opinion where it matters, and at random. */
export interface Signers {
  /**
   * Who signed. Null: nobody. An unexpected signer leads to a finding, or explains a skipped row,
   * so ethers must agree.
   * @throws {InvariantError} ENGINES_DISAGREE
   */
  recover<K extends SignedKind>(
    kind: K,
    terms: SignedTerms[K],
    signature: Hex,
    isDue: (signer: Address | null) => boolean,
  ): Address | null;
}

export interface SignersOptions {
  /** EIP-712 domain separator. */
  readonly domain: Hex;
  readonly tallies: Tallies;
  /** Any text: chooses the sample. */
  readonly seed: string;
  /** A second opinion on every signature. */
  readonly isParanoid: boolean;
  readonly first?: SignatureEngine;
  readonly second?: SignatureEngine;
}

export function createSigners(options: SignersOptions): Signers {
  const { domain, tallies, seed, isParanoid, first = NATIVE, second = ETHERS } = options;
  const isSampled = createSample(seed);
  return {
    recover(kind, terms, signature, isDue) {
      tallies.signaturesChecked++;
      const signer = first[kind](domain, terms, signature);
      if (isDue(signer) && !isParanoid && !isSampled()) return signer;
      tallies.signaturesCheckedTwice++;
      confirmSigner(kind, signer, second[kind](domain, terms, signature), signature);
      return signer;
    },
  };
}

/**
 * Bundles are read before the replay starts; unexpected signers are confirmed with ethers here as
 * well.
 * @throws {InvariantError} ENGINES_DISAGREE
 */
export function confirmByEthers<K extends SignedKind>(
  kind: K,
  domain: Hex,
  terms: SignedTerms[K],
  signature: Hex,
  signer: Address | null,
): void {
  confirmSigner(kind, signer, ETHERS[kind](domain, terms, signature), signature);
}

function confirmSigner(kind: SignedKind, signer: Address | null, opinion: Address | null, signature: Hex): void {
  if (opinion === signer) return;
  const [native, other] = [signer ?? "nobody", opinion ?? "nobody"];
  const message = `two engines recover different signers of one ${kind}: libsecp256k1 ${native}, ethers ${other}; report this bug`;
  throw new InvariantError("ENGINES_DISAGREE", message, { details: { kind, native, ethers: other, signature } });
}

/** The same choices for the same seed: each two bytes of keccak256(seed ‖ "/" ‖ n) are one. */
function createSample(seed: string): () => boolean {
  let [block, used] = [0, 32];
  let bytes: Uint8Array = new Uint8Array();
  return () => {
    if (used === 32) [bytes, used] = [hexToBytes(keccakOf(`${seed}/${block++}`)), 0];
    const choice = ((bytes[used++] as number) << 8) | (bytes[used++] as number);
    return choice % SAMPLED_OF === 0;
  };
}
