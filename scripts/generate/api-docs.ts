import { createServer } from "../../authority/http/server.ts";
import { page, writeOrCheck } from "./generated-file.ts";

/** Writes docs/api.md: the authority's routes, from the OpenAPI document that it serves. */

interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly nullable?: boolean;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Route {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
}

type Arguments = Parameters<typeof createServer>;

/** No handler is called, so the server needs no store, no chain and no keys. */
async function readDocument(): Promise<Readonly<Record<string, Readonly<Record<string, Route>>>>> {
  const context = { config: { http: { requestsPerMinute: 1 } }, log: {} } as unknown as Arguments[0];
  const own = { info: async () => ({ version: "" }) } as unknown as Arguments[1];
  const server = await createServer(context, own, () => undefined);
  await server.ready();
  const reply = await server.inject({ url: "/openapi.json" });
  await server.close();
  return (reply.json() as { paths: Readonly<Record<string, Readonly<Record<string, Route>>>> }).paths;
}

/** A schema as a type that people read: `base units` instead of a pattern. */
function typeOf(schema: Schema, indent = ""): string {
  if (schema.nullable) return `${typeOf({ ...schema, nullable: false }, indent)} | null`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf) return schema.anyOf.map((one) => typeOf(one, indent)).join(" | ");
  if (schema.type === "array") {
    const most = schema.maxItems === undefined ? "" : `at most ${schema.maxItems} of `;
    return `[${most}${typeOf(schema.items ?? {}, indent)}]`;
  }
  if (schema.type === "object") return objectOf(schema, indent);
  const noun = schema.description ?? schema.format;
  return noun ? `${schema.type} (${noun})` : (schema.type ?? "any");
}

function objectOf({ properties = {}, required = [] }: Schema, indent: string): string {
  const inner = `${indent}  `;
  const fields = Object.entries(properties).map(
    ([name, field]) => `${inner}${name}${required.includes(name) ? "" : "?"}: ${typeOf(field, inner)}`,
  );
  return fields.length === 0 ? "{}" : `{\n${fields.join("\n")}\n${indent}}`;
}

function accessOf({ security = [] }: Route): string {
  const names = security.flatMap((one) => Object.keys(one));
  if (names.includes("accessToken")) return "Takes the access token.";
  return names.includes("operatorSecret") ? "Takes the operator secret." : "Open to everyone.";
}

function block(title: string, schema: Schema): string {
  return `${title}\n\n\`\`\`text\n${typeOf(schema)}\n\`\`\``;
}

function contentOf(title: string, { content = {} }: Content): string[] {
  return Object.entries(content).map(([type, { schema }]) => {
    const kind = type === "application/json" ? "" : ` (\`${type}\`)`;
    return block(`${title}${kind}:`, schema);
  });
}

function describe(path: string, method: string, route: Route): string {
  const parameters = (route.parameters ?? []).map((one) => {
    const optional = one.required ? "" : ", optional";
    return `- \`${one.name}\` (${one.in}${optional}): ${typeOf(one.schema)}`;
  });
  const replies = Object.entries(route.responses).filter(([status]) => status.startsWith("2"));
  return [
    `## ${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`,
    accessOf(route),
    ...(parameters.length === 0 ? [] : [parameters.join("\n")]),
    ...contentOf("Body", route.requestBody ?? {}),
    ...replies.flatMap(([, reply]) => contentOf("Reply", reply)),
  ].join("\n\n");
}

const intro = [
  "The routes of the authority, from its OpenAPI document (`/openapi.json`). What they are for is in",
  "[protocol.md 10](protocol.md#10-http-api). Errors are problems with a code: [errors.md](errors.md).",
].join("\n");
const sections = Object.entries(await readDocument()).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, route]) => describe(path, method, route)),
);

writeOrCheck("docs/api.md", page("The authority's HTTP API", "api-docs.ts", [intro, ...sections]));
