import { createAuthorityAsker } from "../../tracker/authority.ts";

/** No torrent has it: asking about it changes nothing. */
const NO_TORRENT = "0".repeat(40);

/** Asks T as the tracker will: better refused now than at every announce. @throws {NetworkError} AUTHORITY_UNREACHABLE, AUTHORITY_REFUSED, REPLY_INVALID */
export async function checkOperatorSecret(authorityUrl: string, operatorSecret: string): Promise<void> {
  const ask = createAuthorityAsker({ authorityUrl: new URL(authorityUrl), operatorSecret });
  await ask({ infoHash: NO_TORRENT, event: "update", bytesLeft: 0, accessToken: null, request: null, payees: [] });
}
