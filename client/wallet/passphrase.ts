import { readFile } from "node:fs/promises";
import { AccessError, InputError } from "../../protocol/base/errors.ts";

/**
 * Where a passphrase may come from, in this order. It is never read from the command line, which
 * other users can list.
 */
export interface PassphraseSources {
  readonly file: string | undefined;
  /** Value of FLOODGATE_PASSPHRASE. */
  readonly environment: string | undefined;
  /** Asks a person; null when there is no terminal. */
  readonly prompt: ((question: string) => Promise<string>) | null;
}

const MIN_LENGTH = 8;
const MAX_LENGTH = 1024;

/**
 * The passphrase of an existing wallet.
 * @throws {AccessError} PASSPHRASE_MISSING
 * @throws {InputError} PASSPHRASE_FILE_INVALID
 */
export async function readPassphrase(sources: PassphraseSources): Promise<string> {
  return (await readGiven(sources)) ?? (await ask(sources, "Passphrase: "));
}

/**
 * The passphrase of a new wallet, which a person types twice.
 * @throws {InputError} PASSPHRASE_TOO_SHORT, PASSPHRASE_DIFFERS
 */
export async function choosePassphrase(sources: PassphraseSources): Promise<string> {
  const given = await readGiven(sources);
  const passphrase = given ?? (await ask(sources, `New passphrase (at least ${MIN_LENGTH} characters): `));
  if (passphrase.length < MIN_LENGTH) {
    throw new InputError("PASSPHRASE_TOO_SHORT", `the passphrase is too short: use at least ${MIN_LENGTH} characters`);
  }
  if (given === undefined && (await ask(sources, "The same again: ")) !== passphrase) {
    throw new InputError("PASSPHRASE_DIFFERS", "the two passphrases differ: start again");
  }
  return passphrase;
}

async function readGiven({ file, environment }: PassphraseSources): Promise<string | undefined> {
  if (file === undefined) return environment;
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new InputError(
      "PASSPHRASE_FILE_INVALID",
      `cannot read the passphrase file ${file}: check --passphrase-file`,
      {
        cause: error,
      },
    );
  }
  const passphrase = text.replace(/\r?\n$/, "");
  if (passphrase === "" || passphrase.length > MAX_LENGTH || /[\r\n]/.test(passphrase)) {
    throw new InputError("PASSPHRASE_FILE_INVALID", `${file} must hold one line with the passphrase`);
  }
  return passphrase;
}

async function ask({ prompt }: PassphraseSources, question: string): Promise<string> {
  if (!prompt) {
    throw new AccessError(
      "PASSPHRASE_MISSING",
      "this needs the wallet's passphrase: give --passphrase-file FILE, set FLOODGATE_PASSPHRASE, or use a terminal",
    );
  }
  return prompt(question);
}
