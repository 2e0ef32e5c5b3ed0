import type { FastifyReply, FastifyRequest } from "fastify";
import { AccessError } from "../../../protocol/base/errors.ts";
import type { Context } from "../../context.ts";
import { listByDesk, pauseByDesk, pushByDesk, settleByDesk } from "../../operator/actions.ts";
import type { OperatorLogin } from "../../operator/logins.ts";
import { requireOwner } from "../../operator/wallet-login.ts";
import type { Server } from "../routes/route.ts";

/** What its forms share with the desk. */
export interface DeskForms {
  readonly form: { readonly schema: { readonly hide: boolean }; readonly bodyLimit: number };
  /** Refuses hosts and forms of others. @throws {AccessError} FORBIDDEN */
  readonly requireOwn: (request: FastifyRequest) => void;
  readonly loginOf: (request: FastifyRequest) => OperatorLogin | null;
  /** Forgets what the desk has read, since something has changed. */
  readonly forget: () => void;
}

/** The actions of the operator's desk: each is a form with a token of its session. */
export function addOperatorForms(
  server: Server,
  context: Context,
  { form, requireOwn, loginOf, forget }: DeskForms,
): void {
  const add = (
    path: string,
    act: (fields: (name: string) => string, word: { reason: string; login: string }) => Promise<void>,
  ): void => {
    server.post(path, form, async (request: FastifyRequest, reply: FastifyReply) => {
      requireOwn(request);
      const login = requireLogin(request, loginOf);
      // The contract may have another owner since.
      if (login.wallet !== null) await requireOwner(context, login.wallet);
      await act((name) => fieldOf(request, name), { reason: fieldOf(request, "reason"), login: login.name });
      context.log.info({ path, login: login.name }, "an operator acted at the desk");
      forget();
      return reply.redirect("/operator", 303);
    });
  };
  add("/operator/settle", (field, word) => settleByDesk(context, word, field("close") === "yes"));
  add("/operator/retry", (field, word) => pushByDesk(context, word, field("action"), "retry"));
  add("/operator/bump", (field, word) => pushByDesk(context, word, field("action"), "bump"));
  add("/operator/unlist", (field, word) => listByDesk(context, word, field("infoHash").trim(), false));
  add("/operator/list", (field, word) => listByDesk(context, word, field("infoHash").trim(), true));
  add("/operator/pause", (_field, word) => pauseByDesk(context, word, true));
  add("/operator/resume", (_field, word) => pauseByDesk(context, word, false));
}

/**
 * The session that a form was sent from.
 * @throws {AccessError} OPERATOR_REQUIRED, FORBIDDEN
 */
export function requireLogin(request: FastifyRequest, loginOf: DeskForms["loginOf"]): OperatorLogin {
  const login = loginOf(request);
  if (login === null) throw new AccessError("OPERATOR_REQUIRED", "you are not logged in at the desk: open it again");
  if (fieldOf(request, "token") !== login.formToken)
    throw new AccessError("FORBIDDEN", "this form is not of your session: open the desk again");
  return login;
}

export function fieldOf({ body }: FastifyRequest, name: string): string {
  return body instanceof URLSearchParams ? (body.get(name) ?? "") : "";
}
