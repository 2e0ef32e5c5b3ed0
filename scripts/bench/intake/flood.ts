import { argv } from "node:process";
import { type ApiTarget, pushOf } from "./people.ts";
import { Line } from "./send.ts";

/**
 * Accounts that push nothing but bad signatures, as fast as they are answered, as a process.
 * Arguments: accounts, connections of each. The API comes as a message.
 */
const [accounts = 8, connections = 8] = argv.slice(2).map(Number);
const VOUCHERS = 500;

async function attack(target: ApiTarget, account: number): Promise<void> {
  const push = pushOf(target, account, VOUCHERS, null);
  const line = new Line(target.port, `127.0.2.${account + 1}`);
  for (;;) await line.send(push).catch(() => undefined);
}

process.once("message", (target: ApiTarget) => {
  for (let account = 0; account < accounts; account++)
    for (let i = 0; i < connections; i++) void attack(target, account);
  setTimeout(() => process.send?.("begun"), 1_000);
});
process.once("disconnect", () => process.exit(0));
