import type { TokenGrant } from "../access-token.ts";

export type Admission =
  | { readonly isAdmitted: false; readonly failureReason: string }
  /** `session` is null for strangers on free torrents. */
  | { readonly isAdmitted: true; readonly session: TokenGrant | null };

/** Decides whether a peer may join a swarm. The peer is told the reason word for word. Pure. */
export function decideAdmission(input: {
  readonly infoHash: string;
  readonly torrent: { readonly isPaid: boolean; readonly sizeBytes: number } | null;
  readonly bytesLeft: number;
  readonly accessToken: string | null;
  /** What `accessToken` grants; null when this authority did not make it. */
  readonly tokenGrant: TokenGrant | null;
  readonly now: number;
}): Admission {
  const { torrent, tokenGrant, infoHash } = input;
  if (torrent === null) return refuse(`unknown torrent ${infoHash}: publish it first`);
  const isExpired = tokenGrant !== null && tokenGrant.expiresAt <= input.now;
  // Some clients announce a huge "left" while they fetch metadata. Floodgate's own never do, and
  // paid torrents admit no others.
  if (!torrent.isPaid) return { isAdmitted: true, session: isExpired ? null : tokenGrant };
  if (input.accessToken === null)
    return refuse(`paid torrent: announce with a Floodgate access token (floodgate get ${infoHash})`);
  if (tokenGrant === null) return refuse("invalid access token: log in again (floodgate register)");
  if (isExpired) return refuse("expired access token: log in again (floodgate register)");
  if (input.bytesLeft > torrent.sizeBytes)
    return refuse(`left=${input.bytesLeft} is more than the torrent's ${torrent.sizeBytes} bytes`);
  return { isAdmitted: true, session: tokenGrant };
}

function refuse(failureReason: string): Admission {
  return { isAdmitted: false, failureReason };
}
