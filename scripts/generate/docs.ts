/**
 * Writes all that is generated in docs/: npm run docs. With --check it writes nothing, and fails
 * if a page is not up to date.
 */

await import("./error-docs.ts");
await import("./api-docs.ts");
await import("./protocol-examples.ts");
await import("./cli-docs.ts");
await import("./man-page.ts");
