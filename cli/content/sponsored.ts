import { joinNetwork } from "../../client/account/network.ts";
import { findInfoHash, findOffer } from "../../client/account/offer.ts";
import { AuthorityClient } from "../../client/authority-client.ts";
import { ticketDirectory } from "../../client/sponsors/sponsored-peer.ts";
import { getTicket, openTicketHome } from "../../client/sponsors/ticket.ts";
import { InputError } from "../../protocol/base/errors.ts";
import { readDefaults } from "../network-defaults.ts";
import { type CommandContext, openHome } from "../runtime.ts";
import { type GetOptions, get } from "./download.ts";

/**
 * `get --sponsored`: its ticket and its lanes are in a home of their own, below that of the
 * command, which may be empty.
 * @throws {InputError} OPTIONS_INCOMPLETE; and as `getTicket` and `get`
 */
export async function getSponsored(context: CommandContext, id: string, options: GetOptions): Promise<void> {
  const { output, signal } = context;
  const url = options.authority ?? (await findAuthority(context));
  const infoHash = await findInfoHash(new AuthorityClient({ url }), id, signal);
  const home = openTicketHome(ticketDirectory(context.home, infoHash));
  const opened = await joinNetwork(home, url, signal);
  const offer = await findOffer(opened, infoHash, signal);
  await getTicket(home, opened, infoHash, signal);
  output.event("ticket", { infoHash }, "a sponsor pays for this download");
  await get({ ...context, home: home.name }, Promise.resolve(offer), { ...options, ticket: home });
}

async function findAuthority(context: CommandContext): Promise<string> {
  const saved = await (await openHome(context)).network.read();
  const url = saved?.apiUrl ?? readDefaults([context.home])?.authority;
  if (url !== undefined) return url;
  throw new InputError("OPTIONS_INCOMPLETE", "give --authority: this home knows of none");
}
