import { expect, test } from "vitest";
import { problemOf } from "../../../authority/http/problems.ts";
import { ChainError } from "../../../protocol/base/errors.ts";

test("a customer hears that the chain is away, and not where the operator's node is", () => {
  const error = new ChainError("RPC_UNAVAILABLE", "no usable answer from the chain at 10.0.0.7: check --rpc");
  expect(problemOf(error)).toMatchObject({
    status: 503,
    code: "RPC_UNAVAILABLE",
    detail: "the authority cannot reach its chain now: try again in a while",
  });
});
