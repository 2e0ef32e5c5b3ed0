import { expect, test } from "vitest";
import { problemOf } from "../../../authority/http/problems.ts";
import { toStoreError } from "../../../authority/store/store-errors.ts";
import { ChainError } from "../../../protocol/base/errors.ts";

test("a customer hears that the chain is away, and not where the operator's node is", () => {
  const error = new ChainError("RPC_UNAVAILABLE", "no usable answer from the chain at 10.0.0.7: check --rpc");
  expect(problemOf(error)).toMatchObject({
    status: 503,
    code: "RPC_UNAVAILABLE",
    detail: "the authority cannot reach its chain now: try again in a while",
  });
});

test.each([
  ["ENOSPC", "STORE_FULL"],
  ["EDQUOT", "STORE_FULL"],
  ["EROFS", "STORE_BROKEN"],
])("a file that cannot be written (%s) is told as the disk's fault, to be tried again", (code, expected) => {
  const error = Object.assign(new Error("write"), { code });
  expect(problemOf(toStoreError(error))).toMatchObject({ status: 503, code: expected });
});
