import { auditPage } from "../../../web/audit/audit-page.ts";
import type { Server } from "../routes/route.ts";
import type { PageDesk } from "./desk.ts";
import { AUDIT_HEADERS } from "./headers.ts";

/** The auditor's page: a frame. Its script asks a node that the visitor names, and never us. */
export function addAuditPage(server: Server, { site, send }: PageDesk): void {
  server.get("/audit", { schema: { hide: true } }, async (_request, reply) =>
    send(reply, auditPage(await site()), AUDIT_HEADERS),
  );
}
