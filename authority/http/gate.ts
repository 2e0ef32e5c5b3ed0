import type { FastifyRequest } from "fastify";
import { AccessError, InputError, invariant } from "../../protocol/base/errors.ts";
import { createKnownSessions } from "../accounts/known-sessions.ts";
import type { Caller, Context } from "../context.ts";
import { requireCaller, requireOperator } from "./bearer.ts";
import { NETWORK_PART, type RequestLimits } from "./limits/request-limits.ts";
import type { Server } from "./routes/route.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Who may ask; everybody when it is missing. */
    access?: "session" | "operator";
    /** A session that a sponsor has given may ask, too. */
    tickets?: true;
    /** Units that a request takes, beside those of its body; 1 when it is missing. */
    cost?: number;
    /** Bytes of the body that cost a unit; BYTES_PER_UNIT when it is missing. */
    bytesPerUnit?: number;
  }
  interface FastifyRequest {
    /** Set on routes of access `session`. */
    caller: Caller | null;
  }
}

/** A body costs a unit for each of these. */
const BYTES_PER_UNIT = 32 * 1024;
/** A body must be here so soon after its headers. Larger ones have the server's longer limit. */
const BODY_MS = 10_000;
const LARGE_BODY_BYTES = 1024 * 1024;

/**
 * What every request passes before its body is read, cheapest first: the size that it states, the
 * limit of its network, who it is, and the limit of its account.
 */
export function addGate(server: Server, context: Context, limits: RequestLimits): void {
  server.decorateRequest("caller", null);
  const keepSession = createKnownSessions(context);
  server.addHook("onRequest", async (request) => {
    const { config, bodyLimit } = request.routeOptions;
    const { access, tickets = false, cost = 1, bytesPerUnit = BYTES_PER_UNIT } = config;
    const bytes = Number(request.headers["content-length"] ?? 0);
    const most = bodyLimit ?? server.initialConfig.bodyLimit ?? 0;
    if (bytes > most) throw new InputError("BODY_TOO_LARGE", `the body has ${bytes} bytes, at most ${most} are read`);
    const units = cost + bytes / bytesPerUnit;
    if (access === undefined) return limits.takeOfNetwork(request.ip, units);
    // The tracker speaks for many peers: only a wrong secret costs something.
    if (access === "operator")
      return orPay(
        () => requireOperator(context, request.headers.authorization),
        () => limits.takeOfNetwork(request.ip, cost),
      );
    limits.takeOfNetwork(request.ip, units * NETWORK_PART);
    request.caller = orPay(
      () => requireCaller(context, request),
      () => limits.takeOfNetwork(request.ip, cost),
    );
    const { isTicket } = await keepSession(request.caller);
    // One downloader must not use up what is for all that its sponsor pays.
    const { account, sessionKey } = request.caller;
    limits.takeOfAccount(isTicket ? sessionKey : account, units, request.ip);
    if (isTicket && !tickets)
      throw new AccessError("FORBIDDEN", "a session that a sponsor pays may download, and nothing else");
  });
  addBodyDeadline(server);
}

function orPay<T>(authenticate: () => T, pay: () => void): T {
  try {
    return authenticate();
  } catch (error) {
    pay();
    throw error;
  }
}

/** Ends connections whose body trickles in. */
function addBodyDeadline(server: Server): void {
  const deadlines = new WeakMap<FastifyRequest, NodeJS.Timeout>();
  const end = async (request: FastifyRequest): Promise<void> => clearTimeout(deadlines.get(request));
  server.addHook("onRequest", async (request) => {
    if ((request.routeOptions.bodyLimit ?? 0) > LARGE_BODY_BYTES) return;
    const { socket } = request.raw;
    deadlines.set(
      request,
      setTimeout(() => socket.destroy(), BODY_MS),
    );
  });
  for (const hook of ["preValidation", "onRequestAbort", "onResponse"] as const) server.addHook(hook, end);
}

/** The session that sent a request to a route of access `session`. */
export function callerOf({ caller }: Pick<FastifyRequest, "caller">): Caller {
  invariant(caller !== null, "CALLER_MISSING", "a route without access asks for its caller");
  return caller;
}
