/** Writes all generated pages of docs/: npm run docs. With --check it writes nothing, and fails if one is not up to date. */

await import("./error-docs.ts");
await import("./api-docs.ts");
await import("./protocol-examples.ts");
