import { InputError } from "../protocol/base/errors.ts";
import { cardArgument } from "./arguments.ts";
import type { CommandContext } from "./runtime.ts";
import { readStandardInput } from "./text-file.ts";

/** How the number of a card reaches a command. */

export const CARD_HELP =
  "card to charge; - asks for it, or reads it from standard input: others on this machine see a command line " +
  "(devnet: 4242424242424242 pays)";

/** Stands for a number that is not on the command line. */
const ELSEWHERE = "-";
const MAX_BYTES = 100;

/** For commander: the number's digits, or that they come from elsewhere. */
export function cardOption(text: string): string {
  return text === ELSEWHERE ? text : cardArgument(text);
}

/** Digits of a card that `cardOption` has taken. @throws {InputError} CARD_INVALID */
export async function readCard({ passphrase: { prompt } }: Pick<CommandContext, "passphrase">, card: string) {
  if (card !== ELSEWHERE) return card;
  const text = prompt ? await prompt("Card number (it is not shown): ") : await readStandardInput(MAX_BYTES);
  try {
    return cardArgument(text.trim());
  } catch (cause) {
    throw new InputError("CARD_INVALID", "this is no card number: give its 12 to 19 digits", { cause });
  }
}
