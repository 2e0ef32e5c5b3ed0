import type { Context } from "../../../authority/context.ts";
import { createServer } from "../../../authority/http/server.ts";
import type { Schema } from "./shape.ts";

export interface Route {
  /** "POST /v1/login" */
  readonly name: string;
  readonly access: "accessToken" | "operatorSecret" | null;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly body: Schema | null;
  readonly reply: Schema;
  readonly contentType: string;
}

interface Operation {
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: Route["parameters"];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}

/**
 * The routes as the authority's own server describes them. It listens on no port, and no handler
 * runs.
 */
export async function readRoutes(): Promise<Route[]> {
  const context = { config: { http: { requestsPerMinute: 1, trustedProxies: [] } }, log: {} };
  const own = { info: async () => ({ version: "" }), nowMs: () => 0 } as unknown as Parameters<typeof createServer>[1];
  const server = await createServer(context as unknown as Context, own, () => undefined);
  await server.ready();
  const document = (await server.inject("/openapi.json")).json() as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  };
  await server.close();
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => routeOf(`${method.toUpperCase()} ${path}`, operation)),
  );
}

function routeOf(name: string, { security, parameters, requestBody, responses }: Operation): Route {
  const [contentType, { schema }] = Object.entries(responses[200]?.content ?? {})[0] ?? ["", { schema: {} }];
  return {
    name: name.replace(/\{(\w+)\}/g, ":$1"),
    access: (Object.keys(security?.[0] ?? {})[0] as Route["access"] | undefined) ?? null,
    parameters: parameters ?? [],
    body: Object.values(requestBody?.content ?? {})[0]?.schema ?? null,
    reply: schema,
    contentType,
  };
}
