import { expect, test } from "vitest";
import { HOST, Stage } from "../support/stage.ts";

test("the account's page sets no cookie, is kept by nobody, and is no page of a stranger's host", async () => {
  await using stage = await Stage.open();
  const { statusCode, headers, body } = await stage.server.inject({ url: "/account", headers: { host: HOST } });
  expect(statusCode).toBe(200);
  expect(headers["set-cookie"]).toBeUndefined();
  expect(headers["cache-control"]).toBe("no-store");
  expect(headers["content-security-policy"]).toContain("trusted-types 'none'");
  // No script was built here, and it says so.
  expect(body).toContain("This page has no script");
  const other = await stage.server.inject({ url: "/account", headers: { host: "evil.example" } });
  expect(other.statusCode).toBe(403);
});
