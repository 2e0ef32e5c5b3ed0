import { accountPage } from "../../../web/account/account-page.ts";
import type { Server } from "../routes/route.ts";
import type { PageDesk } from "./desk.ts";
import type { OperatorSource } from "./operator.ts";
import { requireOwnHost } from "./own-site.ts";

/**
 * The account's page: a frame, and a script that asks the API as any other client. It sets no
 * cookie, so another site's requests have nothing to ride on.
 */
export function addAccountPage(server: Server, own: Pick<OperatorSource, "domains">, { site, send }: PageDesk): void {
  server.get("/account", { schema: { hide: true } }, async (request, reply) => {
    requireOwnHost(request, own.domains());
    reply.header("cache-control", "no-store");
    return send(reply, accountPage(await site()));
  });
}
