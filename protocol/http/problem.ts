import { type Static, Type } from "typebox";

/** Errors of the HTTP API: RFC 9457 problems, `application/problem+json`. */

export const ProblemSchema = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.String(),
});
export type Problem = Static<typeof ProblemSchema>;
