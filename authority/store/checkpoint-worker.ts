import { parentPort, workerData } from "node:worker_threads";
import Database from "better-sqlite3";

/**
 * A thread of the store: writes the log back into the database, and syncs both. `PASSIVE` never
 * waits for the authority's own connection, and never makes it wait.
 */
const db = new Database(workerData as string);

parentPort?.on("message", () => {
  let failure: string | null = null;
  try {
    db.pragma("wal_checkpoint(PASSIVE)");
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  parentPort?.postMessage(failure);
});
