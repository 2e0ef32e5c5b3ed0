import type { AccessClaims } from "../accounts/access-token.ts";

export type Admission =
  | { readonly isAdmitted: false; readonly failureReason: string }
  /** `session` is null for strangers on free torrents. */
  | { readonly isAdmitted: true; readonly session: AccessClaims | null };

/** Decides whether a peer may join a swarm; the reasons go to the peer word for word. */
export function decideAdmission(input: {
  readonly infoHash: string;
  readonly torrent: { readonly isPaid: boolean; readonly sizeBytes: number } | null;
  readonly bytesLeft: number;
  readonly accessToken: string | null;
  /** Claims of `accessToken`, null when T did not make it. */
  readonly claims: AccessClaims | null;
  readonly now: number;
}): Admission {
  const { torrent, claims, infoHash } = input;
  if (torrent === null) return refuse(`unknown torrent ${infoHash}: publish it first`);
  const isExpired = claims !== null && claims.expiresAt <= input.now;
  // Some clients announce a huge "left" while they fetch metadata; T's own never do, and only they are on paid torrents.
  if (!torrent.isPaid) return { isAdmitted: true, session: isExpired ? null : claims };
  if (input.accessToken === null)
    return refuse(`paid torrent: announce with a Floodgate access token (floodgate get ${infoHash})`);
  if (claims === null) return refuse("invalid access token: log in again (floodgate register)");
  if (isExpired) return refuse("expired access token: log in again (floodgate register)");
  if (input.bytesLeft > torrent.sizeBytes)
    return refuse(`left=${input.bytesLeft} is more than the torrent's ${torrent.sizeBytes} bytes`);
  return { isAdmitted: true, session: claims };
}

function refuse(failureReason: string): Admission {
  return { isAdmitted: false, failureReason };
}
