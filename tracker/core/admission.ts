import type { InfoHash } from "../../protocol/base/ids.ts";

/** Who announces, by its token. */
export interface TokenFacts {
  /** Seconds since 1970, chain time. */
  readonly expiresAt: number;
}

/**
 * Why a peer may not join a paid swarm, which it is told word for word; null: it may. `token`:
 * undefined when none was sent, null when this authority did not make it. `chainNow`: null when
 * the authority has not told the time yet.
 */
export function refusalOf(
  infoHash: InfoHash,
  token: TokenFacts | null | undefined,
  { bytesLeft, sizeBytes, chainNow }: { bytesLeft: number; sizeBytes: number; chainNow: number | null },
): string | null {
  if (token === undefined) return `paid torrent: announce with a Floodgate announce token (floodgate get ${infoHash})`;
  if (token === null) return "invalid announce token: log in again (floodgate register)";
  if (chainNow !== null && token.expiresAt <= chainNow)
    return "expired announce token: log in again (floodgate register)";
  // Some clients announce a huge "left" while they fetch metadata. Floodgate's own never do.
  if (bytesLeft > sizeBytes) return `left=${bytesLeft} is more than the torrent's ${sizeBytes} bytes`;
  return null;
}
