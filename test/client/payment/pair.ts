import type { PaidWire } from "../../../client/exchange.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { sign } from "../../../protocol/base/secp256k1.ts";
import { owed } from "../../../protocol/base/units.ts";
import { hashAllotment } from "../../../protocol/signed/allotment.ts";
import { allotmentToJson } from "../../../protocol/signed/allotment-json.ts";
import { ALLOTTER, CONTENT, NOW, PIECE, PRICE, separator } from "./network.ts";
import type { TestPeer } from "./test-peer.ts";

let wireCount = 0;

/** A BitTorrent wire between the two: each knows the other's token. */
export function connect(payer: TestPeer, payee: TestPeer): { readonly atPayer: string; readonly atPayee: string } {
  const { atPayer, atPayee } = wiresBetween(payer, payee);
  payee.payments.wireOpened(atPayee);
  payer.payments.wireOpened(atPayer);
  return { atPayer: atPayer.wireId, atPayee: atPayee.wireId };
}

/** The same wire as each side sees it. */
export function wiresBetween(
  payer: TestPeer,
  payee: TestPeer,
): { readonly atPayer: PaidWire; readonly atPayee: PaidWire } {
  wireCount++;
  const payerToken = new Uint8Array(16).fill(wireCount);
  const payeeToken = new Uint8Array(16).fill(100 + wireCount);
  const wireOf = (local: TestPeer, remote: TestPeer, localToken: Uint8Array, remoteToken: Uint8Array): PaidWire =>
    local.wire({
      wireId: `wire-${wireCount}-${local.identity.account.slice(2, 4)}`,
      infoHash: CONTENT,
      remoteHost: remote.host,
      remoteKey: remote.identity.sessionKey,
      remotePort: remote.payments.port,
      localToken,
      remoteToken,
    });
  const atPayer = wireOf(payer, payee, payerToken, payeeToken);
  const atPayee = wireOf(payee, payer, payeeToken, payerToken);
  return { atPayer, atPayee };
}

/** The authority's announce reply, with one lane. */
export function grant(
  payer: TestPeer,
  payee: TestPeer,
  lane: number,
  capPieces: number,
  change: Partial<{
    expiresAt: number;
    pricePerGiB: bigint;
    allotter: Uint8Array;
    credit: number;
    /** The authority's clock. */
    now: number;
    shortage: string;
  }> = {},
): void {
  const pricePerGiB = change.pricePerGiB ?? PRICE;
  const now = change.now ?? NOW;
  const allotment = {
    payer: payer.identity.account,
    payee: payee.identity.account,
    sessionKey: payer.identity.sessionKey,
    payeeKey: payee.identity.sessionKey,
    lane,
    cap: owed(capPieces * PIECE, pricePerGiB),
    pricePerGiB,
    credit: change.credit ?? 8 * PIECE,
    infoHash: CONTENT,
    expiresAt: change.expiresAt ?? now + 100,
  };
  const signature = sign(hashAllotment(separator, allotment), change.allotter ?? ALLOTTER);
  const granted = {
    allotment: allotmentToJson({ ...allotment, signature }),
    payeePublicKey: bytesToHex(payee.identity.publicKey),
    payeeHost: payee.host,
    payeePort: payee.payments.port,
  };
  const text = JSON.stringify({
    now,
    account: payer.identity.account,
    lanes: [granted],
    shortage: change.shortage ?? null,
  });
  payer.payments.announceReplied(CONTENT, text);
}

/**
 * Asks for as many whole pieces as the payer may, gets them, verifies them. Returns their number.
 */
export async function exchange(
  payer: TestPeer,
  payee: TestPeer,
  wire: { atPayer: string; atPayee: string },
  first: number,
  isVerified = true,
): Promise<number> {
  const count = Math.floor(payer.payments.payer.askableBytes(wire.atPayer) / PIECE);
  const pieces = Array.from({ length: count }, (_, i) => first + i);
  await payer.payments.payer.assign(wire.atPayer, pieces);
  for (const piece of pieces) payer.payments.payer.begin(wire.atPayer, piece);
  let came = 0;
  for (const piece of pieces) {
    if (serve(payee, wire.atPayee, piece) !== "serve") continue;
    came++;
    if (isVerified) payer.payments.payer.pieceVerified(wire.atPayer, piece);
  }
  return came;
}

/** Asks for a piece in its four blocks. Returns the first decision that is not "serve". */
export function serve(payee: TestPeer, wireId: string, piece: number): string {
  const decisions = [0, 1, 2, 3].map((block) =>
    payee.payments.payee.decideRequest(wireId, piece, block * 16_384, 16_384),
  );
  return decisions.find((decision) => decision !== "serve") ?? "serve";
}
