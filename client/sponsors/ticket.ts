import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { bytesToHex, type Hex, hexToBytes } from "../../protocol/base/bytes.ts";
import { AccessError, ChainError } from "../../protocol/base/errors.ts";
import { type InfoHash, parseAddress } from "../../protocol/base/ids.ts";
import { HashSchema } from "../../protocol/base/schemas.ts";
import { parseBaseUnits } from "../../protocol/base/units.ts";
import { type Ticket, TicketSchema } from "../../protocol/http/sponsors.ts";
import type { AccountHome } from "../account/home.ts";
import { type OpenNetwork, saveNetwork } from "../account/network.ts";
import { openNodeHome } from "../account/node-home.ts";
import { pollUntil } from "../poll.ts";
import { ensurePrivateDirectory, readPrivateFile, writePrivateFile } from "../wallet/private-file.ts";
import { identityOf, type Session } from "../wallet/session.ts";

/**
 * A download that a sponsor pays (docs/protocol.md 4.14): a home without a wallet, whose session is
 * the sponsor's.
 */
export interface TicketHome extends AccountHome {
  /** Where it is. */
  readonly name: string;
}

const SecretSchema = Type.Object({ secret: HashSchema }, { additionalProperties: false });

export function openTicketHome(directory: string): TicketHome {
  return {
    ...openNodeHome(directory, { file: undefined, environment: undefined, prompt: null }),
    unlock: async () => {
      throw new AccessError("TICKET_ENDED", "the sponsor's ticket has ended: give the command again for another one");
    },
  };
}

/**
 * Gets a ticket, and waits until its session may spend. Stopped anywhere, the same call goes on
 * with the same ticket. One that has ended is forgotten, with its lanes.
 * @throws {AccessError} SPONSOR_MISSING, RATE_LIMITED; {PaymentError} SPONSOR_SPENT
 * @throws {ChainError} SESSION_FAILED, STILL_PENDING
 */
export async function getTicket(
  home: TicketHome,
  opened: OpenNetwork,
  infoHash: InfoHash,
  signal: AbortSignal,
): Promise<void> {
  const { info } = opened.network;
  const before = await home.session.read();
  const lastsUntil = info.now + info.allotmentPeriodSec + info.acceptMarginSec;
  if (before && before.accessExpiresAt > lastsUntil && before.authorizedUntil > lastsUntil) return;
  if (before && before.accessExpiresAt <= lastsUntil) await forget(home);
  await ensurePrivateDirectory(home.name);
  // The secret is on the disk before anybody gives something for it.
  const secret = await keepSecret(join(home.name, "ticket.json"));
  const ticket = await opened.client.post(TicketSchema, `v1/torrents/${infoHash}/tickets`, { secret }, signal);
  const session = sessionOf(ticket);
  const state = await pollUntil({
    read: () => opened.client.withSession(session).session(identityOf(session).sessionKey, signal),
    isDone: (one) => one.state !== "pending",
    signal,
    pending: "the ticket's authorization is not confirmed yet: give the command again in a while",
  });
  if (state.state !== "active") {
    await forget(home);
    throw new ChainError("SESSION_FAILED", `the ticket's authorization ended as "${state.state}": give it again`);
  }
  await saveNetwork(home, opened);
  await home.session.write({ ...session, authorizedUntil: state.expiresAt });
}

function sessionOf({ account, privateKey, accessToken, announceToken, expiresAt, cap }: Ticket): Session {
  return {
    account: parseAddress(account),
    privateKey: hexToBytes(privateKey as Hex),
    accessToken,
    announceToken,
    accessExpiresAt: expiresAt,
    limit: parseBaseUnits(cap),
    chosenLimit: null,
    authorizedUntil: 0,
  };
}

async function keepSecret(path: string): Promise<Hex> {
  const text = await readPrivateFile(path);
  const value: unknown = text === null ? null : JSON.parse(text);
  if (Value.Check(SecretSchema, value)) return value.secret as Hex;
  const secret = bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
  await writePrivateFile(path, `${JSON.stringify({ secret })}\n`);
  return secret;
}

async function forget(home: TicketHome): Promise<void> {
  await rm(home.name, { recursive: true, force: true });
}
