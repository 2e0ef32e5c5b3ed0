import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify";
import { Type } from "typebox";
import { ProblemSchema } from "../../../protocol/http/problem.ts";

/** A server whose handlers see bodies, queries and replies as their schemas say. */
export type Server = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Errors of every route, for the OpenAPI document. */
export const PROBLEMS = { "4xx": ProblemSchema, "5xx": ProblemSchema } as const;

/** OpenAPI names of the callers that a route requires. */
export const ACCESS = [{ accessToken: [] }];
export const OPERATOR = [{ operatorSecret: [] }];

/** Configuration of routes for the holder of a session key. */
export const SESSION = { access: "session" } as const;
/** Those of a download, for sessions that a sponsor has given, too. */
export const DOWNLOAD = { ...SESSION, tickets: true } as const;

export const IdSchema = Type.Object({ id: Type.String({ maxLength: 200 }) });
export const InfoHashParamsSchema = Type.Object({ infoHash: Type.String({ maxLength: 64 }) });

export const METAINFO_TYPE = "application/x-bittorrent";

/** A reply of bytes: they go out as they are stored. */
export const BinarySchema = Type.Unsafe<Uint8Array>({ type: "string", format: "binary" });
