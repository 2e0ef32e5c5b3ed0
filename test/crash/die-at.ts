import Database from "better-sqlite3";

/**
 * Loaded before the authority: its process gets SIGKILL from itself at a statement of the store.
 * `FLOODGATE_CRASH_SQL`: what the statement looks like. `FLOODGATE_CRASH_MOMENT`: `before` it runs,
 * `open` after it has run and before its transaction is committed, or `committed` right after.
 * `FLOODGATE_CRASH_SKIP`: so many of these statements run first.
 */
const { FLOODGATE_CRASH_SQL: sql, FLOODGATE_CRASH_MOMENT: moment, FLOODGATE_CRASH_SKIP: skip } = process.env;
if (sql !== undefined) dieAt(new RegExp(sql), moment ?? "before", Number(skip ?? 0));

function dieAt(pattern: RegExp, when: string, skipped: number): void {
  let left = skipped;
  const { prepare } = Database.prototype;
  let isNear = false;
  Database.prototype.prepare = function (this: Database.Database, source: string) {
    const statement = prepare.call(this, source) as unknown as Record<"run" | "all", Run>;
    const isPoint = pattern.test(source);
    const isEnd = source === "commit";
    if (!isPoint && !isEnd) return statement;
    for (const name of ["run", "all"] as const) {
      const original = statement[name].bind(statement) as Run;
      statement[name] = (...values) => {
        if (isPoint && left-- > 0) return original(...values);
        if (isPoint && when === "before") die();
        const result = original(...values);
        if (isPoint && (when === "open" || !this.inTransaction)) die();
        if (isPoint) isNear = true;
        if (isEnd && isNear) die();
        return result;
      };
    }
    return statement;
  } as typeof prepare;
}

type Run = (...values: unknown[]) => unknown;

function die(): never {
  process.kill(process.pid, "SIGKILL");
  // The signal needs no turn of the loop, but the type wants an end.
  throw new Error("killed");
}
