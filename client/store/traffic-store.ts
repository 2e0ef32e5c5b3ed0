import type { Tables } from "./tables.ts";

/** Bytes that wires moved in a calendar month (UTC, "2026-12"), protocol included. */
export interface MonthlyTraffic {
  readonly month: string;
  readonly down: number;
  readonly up: number;
}

export interface TrafficStore {
  /** Zero where nothing is known. */
  readTraffic(month: string): MonthlyTraffic;
  /** Resolves when a kill cannot take it. Never lowers a count. */
  saveTraffic(traffic: MonthlyTraffic): Promise<void>;
}

export function openTrafficStore(tables: Tables): TrafficStore {
  const read = tables.all("SELECT * FROM monthlyTraffic WHERE month = ?", (row: MonthlyTraffic) => ({ ...row }));
  const write = tables.run(
    `INSERT INTO monthlyTraffic (month, down, up) VALUES (?, ?, ?)
     ON CONFLICT (month) DO UPDATE SET down = max(down, excluded.down), up = max(up, excluded.up)`,
  );
  return {
    readTraffic: (month) => read(month)[0] ?? { month, down: 0, up: 0 },
    saveTraffic: ({ month, down, up }) => tables.saveUnsynced(() => void write(month, down, up)),
  };
}
