import { Type } from "typebox";
import { InputError } from "../../protocol/base/errors.ts";

/** Query of routes that answer page by page. */
export const CursorSchema = Type.Object({ cursor: Type.Optional(Type.String({ maxLength: 128 })) });

/**
 * Where a page starts: the `cursor` of the previous reply, or the newest.
 * @throws {InputError} CURSOR_INVALID
 */
export function readCursor(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER;
  if (!/^[0-9]{1,15}$/.test(cursor))
    throw new InputError(
      "CURSOR_INVALID",
      "the cursor does not come from an earlier reply: leave it out to start at the newest",
    );
  return Number(cursor);
}

/** How many rows the pages before have had. @throws {InputError} CURSOR_INVALID */
export function readOffset(cursor: string | undefined): number {
  return cursor === undefined ? 0 : readCursor(cursor);
}
