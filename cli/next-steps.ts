import { existsSync } from "node:fs";
import { join } from "node:path";

/** What `floodgate` alone says: what to do next with this home. */
export function nextSteps(home: string): string {
  const has = (name: string): boolean => existsSync(join(home, name));
  return [...stepsFor(has), "", `Home: ${home}. All commands: floodgate --help`].join("\n");
}

function stepsFor(has: (name: string) => boolean): readonly string[] {
  if (!has("wallet.json"))
    return [
      "There is no wallet in this home yet.",
      ...(has("network-defaults.json")
        ? []
        : ["  floodgate up            # try it: a whole network on this machine, in a terminal of its own"]),
      "  floodgate wallet new    # make a wallet, or bring one: floodgate wallet import",
    ];
  if (!has("network.json"))
    return [
      "There is a wallet, and no account with an authority yet.",
      has("network-defaults.json")
        ? "  floodgate register --deposit 5 --card 4242424242424242"
        : "  floodgate register --authority URL --deposit 5 --card NUMBER",
    ];
  return [
    "The account is registered.",
    "  floodgate balance                      # what it has",
    "  floodgate search                       # what there is",
    "  floodgate get ID --out .               # download, and pay",
    "  floodgate publish FILE --price 1       # offer a file",
    "  floodgate seed ID --file FILE          # serve it, and earn",
    "  floodgate doctor                       # if something does not work",
  ];
}
