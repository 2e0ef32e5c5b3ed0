import { join } from "node:path";
import { OPERATOR_SECRET_FILE } from "../../authority/secrets.ts";
import { readPrivateFile } from "../../client/wallet/private-file.ts";
import { InputError } from "../../protocol/base/errors.ts";

/** The secret of operators and trackers, from a file or T's home. @throws {InputError} SECRET_FILE_INVALID, FILE_PERMISSIONS */
export async function readOperatorSecret(file: string | undefined, home: string): Promise<string> {
  const path = file ?? join(home, OPERATOR_SECRET_FILE);
  const secret = (await readPrivateFile(path))?.trim();
  if (secret === undefined || !/^[0-9a-f]{64}$/.test(secret)) {
    throw new InputError(
      "SECRET_FILE_INVALID",
      `${path} does not hold an operator secret: \`floodgate authority start\` makes it in its home, check --home or --secret-file`,
    );
  }
  return secret;
}
