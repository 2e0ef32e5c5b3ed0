import { readSession } from "../../../client/wallet/session-file.ts";
import { breakCase } from "../case.ts";
import { judgeStolenToken } from "../judge-payers.ts";

export const stealToken = breakCase({
  id: "steal-token",
  title: "Steal an access token",
  deed: "A thief has a customer's access token, but not the session key that signs its requests.",
  async act({ arena, say }) {
    const [victim] = await arena.people("victim");
    if (!victim) throw new Error("one person was asked for");
    const { apiUrl } = arena.world.network;
    const session = await readSession(victim.home);
    const authorization = `Bearer ${session?.accessToken}`;
    say("The thief asks for the account, its sessions, and for a withdrawal to itself.");
    const requests: readonly (readonly [string, string, object | null])[] = [
      ["GET", "/v1/account", null],
      ["GET", "/v1/account/lanes", null],
      ["POST", "/v1/withdrawals", {}],
      ["POST", "/v1/logout", { sessionKey: victim.identity.sessionKey }],
    ];
    const statuses: number[] = [];
    for (const [method, path, body] of requests) {
      const headers = { authorization, ...(body === null ? {} : { "content-type": "application/json" }) };
      const reply = await fetch(apiUrl + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
      statuses.push(reply.status);
    }
    return { statuses };
  },
  judge: judgeStolenToken,
});
