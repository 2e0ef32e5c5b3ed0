import { beforeEach, expect, test } from "vitest";
import { CODE_MS, createPageLogins, IDLE_MS, type PageLogins } from "../../../client/local-api/page-logins.ts";

let nowMs = 0;
let count = 0;
let logins: PageLogins;
beforeEach(() => {
  nowMs = 0;
  count = 0;
  logins = createPageLogins(
    () => nowMs,
    () => `secret-${++count}`,
  );
});

test("a code is good once", () => {
  const code = logins.newCode();
  const session = logins.begin(code);
  expect(session).toEqual({ cookie: "secret-2", key: "secret-3" });
  expect(logins.find("secret-2")).toBe(session);
  expect(logins.begin(code)).toBeNull();
  expect(logins.begin("guessed")).toBeNull();
  expect(logins.find("secret-1")).toBeNull();
});

test("a code that nobody used is good for two minutes", () => {
  const [early, late] = [logins.newCode(), logins.newCode()];
  nowMs = CODE_MS - 1;
  expect(logins.begin(early)).not.toBeNull();
  nowMs = CODE_MS;
  expect(logins.begin(late)).toBeNull();
});

test("a session ends when its page says so, or when nobody uses it", () => {
  const [one, other] = [logins.begin(logins.newCode()), logins.begin(logins.newCode())];
  logins.end(one as NonNullable<typeof one>);
  expect(logins.find(one?.cookie ?? "")).toBeNull();
  nowMs = IDLE_MS - 1;
  expect(logins.find(other?.cookie ?? "")).toBe(other);
  nowMs += IDLE_MS - 1;
  expect(logins.find(other?.cookie ?? "")).toBe(other);
  nowMs += IDLE_MS;
  expect(logins.find(other?.cookie ?? "")).toBeNull();
});

test("many codes and sessions push out the oldest", () => {
  const first = logins.newCode();
  for (let i = 0; i < 16; i++) logins.newCode();
  expect(logins.begin(first)).toBeNull();
  const oldest = logins.begin(logins.newCode());
  const sessions = Array.from({ length: 16 }, () => logins.begin(logins.newCode()));
  expect(logins.find(oldest?.cookie ?? "")).toBeNull();
  expect(sessions.every((session) => logins.find(session?.cookie ?? "") === session)).toBe(true);
});
