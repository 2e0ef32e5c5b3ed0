import type { Command } from "commander";
import { type CacheTerms, defaultStopLoss } from "../../client/contents/cache-terms.ts";
import { InputError } from "../../protocol/base/errors.ts";
import { type Amount, formatMoney, parseAmount } from "../../protocol/base/units.ts";
import type { ContentSettings } from "../../protocol/http/peer-settings.ts";
import type { Info } from "../../protocol/http/public.ts";
import { amountArgument, parsePositive } from "../arguments.ts";

export interface CacheOptions {
  readonly cache?: string;
  readonly stopLoss?: string;
}

const CACHE =
  "buy only what others ask for, for this much in all at most, and sell it until Ctrl-C; it never needs the whole";
const STOP_LOSS =
  "with --cache: buy nothing while so much more was spent than came back (default: a quarter of the budget)";

export function withCache(command: Command): Command {
  return command
    .option("--cache <budget>", CACHE, amountArgument)
    .option("--stop-loss <amount>", STOP_LOSS, amountArgument);
}

/** What a cache may risk; null: it is none. @throws {InputError} OPTIONS_*, AMOUNT_INVALID */
export function readCacheTerms(
  { cache, stopLoss }: CacheOptions,
  pricePerGiB: string | null,
  { decimals }: Pick<Info["token"], "decimals">,
): CacheTerms | null {
  if (cache === undefined) return null;
  if (pricePerGiB === "0")
    throw new InputError("OPTIONS_CONFLICT", "it is free, and a cache of it would earn nothing: leave --cache out");
  const budget = parsePositive(cache, decimals);
  const terms = {
    budget,
    stopLoss: stopLoss === undefined ? defaultStopLoss(budget) : parseAmount(stopLoss, decimals),
  };
  if (terms.stopLoss > budget)
    throw new InputError("OPTIONS_CONFLICT", "a --stop-loss above the budget stops nothing: give less");
  return terms;
}

/** The same for a running peer, which knows the price. @throws as `readCacheTerms` */
export function cacheSettings(options: CacheOptions, token: Pick<Info["token"], "decimals">): ContentSettings["cache"] {
  const terms = readCacheTerms(options, null, token);
  return terms && { budget: terms.budget.toString(), stopLoss: terms.stopLoss.toString() };
}

/** @throws {InputError} OPTIONS_INCOMPLETE, OPTIONS_CONFLICT */
export function checkCacheOptions({ cache, stopLoss }: CacheOptions, others: Readonly<Record<string, unknown>>): void {
  if (cache === undefined && stopLoss !== undefined)
    throw new InputError("OPTIONS_INCOMPLETE", "--stop-loss needs --cache: add it");
  if (cache === undefined) return;
  const [other] = Object.entries(others).find(([, value]) => value !== undefined && value !== false) ?? [];
  if (other === undefined) return;
  throw new InputError("OPTIONS_CONFLICT", `a cache never has the whole, which ${other} needs: give one of the two`);
}

/** `terms`: base units. */
export function describeTerms(
  { budget, stopLoss }: Readonly<Record<keyof CacheTerms, Amount | string>>,
  token: Info["token"],
): string {
  const money = (amount: Amount | string): string => formatMoney(amount, token);
  return `${money(budget)} at most, and never ${money(stopLoss)} more than what came back`;
}
