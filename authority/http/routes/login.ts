import { LogoutReplySchema, LogoutSchema } from "../../../protocol/http/accounts.ts";
import { LoginReplySchema, LoginSchema, NonceRequestSchema, NonceSchema } from "../../../protocol/http/public.ts";
import { logOut } from "../../accounts/log-out.ts";
import { createNonce, logIn } from "../../accounts/login.ts";
import type { Context } from "../../context.ts";
import { callerOf } from "../gate.ts";
import { ACCESS, PROBLEMS, SESSION, type Server } from "./route.ts";

/** How a session begins and ends. `domains`: those that a login may name. */
export function addLoginRoutes(server: Server, context: Context, domains: () => readonly string[]): void {
  server.post(
    "/v1/login/nonce",
    { schema: { body: NonceRequestSchema, response: { 200: NonceSchema, ...PROBLEMS } } },
    (request) => createNonce(context, request.body),
  );

  server.post(
    "/v1/login",
    // A signature to recover, rarely a question to the chain, and a session to store.
    { config: { cost: 50 }, schema: { body: LoginSchema, response: { 200: LoginReplySchema, ...PROBLEMS } } },
    (request) => logIn(context, request.body, domains()),
  );

  server.post(
    "/v1/logout",
    {
      config: SESSION,
      schema: { body: LogoutSchema, security: ACCESS, response: { 200: LogoutReplySchema, ...PROBLEMS } },
    },
    (request) => logOut(context, callerOf(request), request.body),
  );
}
