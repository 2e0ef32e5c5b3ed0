import type { Context } from "../../../authority/context.ts";
import { createCharges } from "../../../authority/funding/charges.ts";
import { createTestCards } from "../../../authority/funding/test-cards.ts";
import type { Server } from "../../../authority/http/routes/route.ts";
import { createServer } from "../../../authority/http/server.ts";
import type { Info } from "../../../protocol/http/public.ts";

/**
 * The authority's API without a socket. Its clock stands still, so that nothing depends on the
 * machine, unless `nowMs` goes on, for a browser that asks again and again.
 */
export function serve(
  context: Context,
  urls: readonly string[] = [],
  info: Partial<Info> = {},
  domains = ["t.example"],
  nowMs = (): number => 0,
): Promise<Server> {
  const own = {
    info: async () => ({ version: "1", ...info }) as Info,
    domains: () => domains,
    urls: () => urls,
    charges: createCharges(context, createTestCards(context.store.db)),
    nowMs,
  };
  return createServer(context, own, (error) => {
    throw error;
  });
}
