import type { Command } from "commander";
import type { Session } from "../../../client/wallet/session.ts";
import { toChecksumAddress } from "../../../protocol/base/ids.ts";
import { formatMoney, MAX_UINT96 } from "../../../protocol/base/units.ts";
import {
  addCommand,
  type CommandContext,
  type CommonOptions,
  contextOf,
  openHome,
  type Runtime,
} from "../../runtime.ts";

export function addLogoutCommand(program: Command, runtime: Runtime): void {
  addCommand(program, "logout", "end this device's access at the authority; the wallet stays closed", [
    "logout",
  ]).action((options: CommonOptions) => logOutHome(contextOf(runtime, options)));
}

/** @throws as `logOut` of client/account; {InputError} HOME_IN_USE */
async function logOutHome(context: CommandContext): Promise<void> {
  const [{ logOut }, { readSavedNetwork }, { identityOf }, { holdHome }] = await Promise.all([
    import("../../../client/account/log-out.ts"),
    import("../../../client/account/home.ts"),
    import("../../../client/wallet/session.ts"),
    import("../../../client/store/database.ts"),
  ]);
  const home = await openHome(context);
  const { token, apiUrl } = await readSavedNetwork(home);
  const letGo = holdHome(context.home);
  try {
    const { wasLoggedIn, session } = await logOut(home, context.signal);
    const { account, limit, authorizedUntil } = session;
    const { sessionKey } = identityOf(session);
    const done = wasLoggedIn
      ? "logged out: the access token of this device opens nothing any more"
      : "this device was logged out already";
    const text = `${done}\n${leftText(session, { sessionKey, token, apiUrl })}`;
    context.output.event("done", { account, sessionKey, wasLoggedIn, limit, authorizedUntil }, text);
  } finally {
    letGo();
  }
}

interface Place {
  readonly sessionKey: Session["account"];
  readonly token: Parameters<typeof formatMoney>[1];
  readonly apiUrl: string;
}

/** What logging out does not end. */
function leftText({ limit, authorizedUntil }: Session, { sessionKey, token, apiUrl }: Place): string {
  if (authorizedUntil === 0) return "Its key was never authorized on the chain: nothing else is left.";
  const most = limit === MAX_UINT96 ? "all that is in the account" : `${formatMoney(limit, token)} in all`;
  const end = new Date(1_000 * authorizedUntil).toISOString().replace(".000Z", "Z");
  return [
    `Left on the chain: its key ${toChecksumAddress(sessionKey)} may sign vouchers for ${most} until ${end}.`,
    `To end that, too, have the wallet revoke it: ${new URL("account", apiUrl).href}, or \`revokeSession\` of the contract.`,
  ].join("\n");
}
