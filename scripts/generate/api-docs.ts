import { errorFacts } from "../../protocol/base/error-codes.ts";
import { InputError } from "../../protocol/base/errors.ts";
import { type Route, readRoutes } from "./api/open-api.ts";
import { COMMON_ERRORS, ROUTES } from "./api/routes.ts";
import { NAMED_TYPES, shapeOf } from "./api/shape.ts";
import { page, table, writeOrCheck } from "./generated-file.ts";

/** Writes docs/api.md from the schemas of the authority's routes: npm run docs */

const INTRODUCTION = `The authority serves JSON over HTTP. A running one describes itself at \`/openapi.json\`; the schemas are
in [protocol/http](../protocol/http), and section 10 of [protocol.md](protocol.md) says when to call what.

- A route for accounts takes the access token of \`POST /v1/login\`, and a route for operators takes the
  secret in the authority's home. Both are sent as \`Authorization: Bearer\`.
- Objects hold exactly the fields that are shown; \`?\` marks a field that may be left out.
- An error is a problem (RFC 9457, \`application/problem+json\`) with a code of [errors.md](errors.md).
- Every route may answer \`RATE_LIMITED\` and \`INTERNAL\`. A route that asks the chain may answer
  \`RPC_UNAVAILABLE\`.`;

const ACCESS = { accessToken: "access token", operatorSecret: "operator secret" } as const;

const block = (text: string): string => `\`\`\`\n${text}\n\`\`\``;

function sectionOf(route: Route): string {
  const { name, access, parameters, body, reply, contentType } = route;
  const words = ROUTES[name];
  if (!words) throw new InputError("REQUEST_INVALID", `scripts/generate/api/routes.ts does not describe ${name}`);
  const parts = [`### ${name}`, words.summary, `Needs: ${access === null ? "nothing" : ACCESS[access]}.`];
  if (parameters.length > 0) parts.push(parametersOf(route));
  if (body !== null) parts.push("Request:", block(shapeOf(body)));
  if (contentType === "application/json") parts.push("Reply:", block(shapeOf(reply)));
  else parts.push(`Reply: bytes, \`${contentType}\`.`);
  return [...parts, `Errors: ${errorsOf(route)}.`].join("\n\n");
}

function parametersOf({ parameters }: Route): string {
  const rows = parameters.map(({ name, in: place, required, schema }) => [
    `\`${name}\``,
    `${place}${required === true ? "" : ", optional"}`,
    shapeOf(schema),
  ]);
  return table(["Parameter", "In", "Value"], rows);
}

/** By status, so that a client sees what it must tell apart. */
function errorsOf({ name, access, parameters, body }: Route): string {
  const takes = body !== null ? COMMON_ERRORS.body : parameters.length > 0 ? COMMON_ERRORS.input : [];
  const codes = [...takes, ...(access === null ? [] : COMMON_ERRORS[access]), ...(ROUTES[name]?.errors ?? [])];
  const listed = codes
    .map((code) => ({ code, status: errorFacts(code)?.status ?? 500 }))
    .toSorted((a, b) => a.status - b.status)
    .map(({ code, status }) => `${status} \`${code}\``);
  return listed.length === 0 ? "none of its own" : listed.join(", ");
}

const routes = await readRoutes();
const missing = Object.keys(ROUTES).filter((name) => !routes.some((route) => route.name === name));
if (missing.length > 0) throw new InputError("REQUEST_INVALID", `there is no route ${missing.join(", ")}`);

const types = Object.entries(NAMED_TYPES).map(([name, { meaning }]) => [name, meaning]);
writeOrCheck(
  "docs/api.md",
  page("The authority's HTTP API", "api-docs.ts", [
    INTRODUCTION,
    "## Types",
    table(["Type", "Meaning"], types),
    "## Routes",
    table(
      ["Route", "What it does"],
      routes.map(({ name }) => [`\`${name}\``, ROUTES[name]?.summary ?? ""]),
    ),
    ...routes.map(sectionOf),
  ]),
);
