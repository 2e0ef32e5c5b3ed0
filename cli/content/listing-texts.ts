import type { Command } from "commander";
import { MAX_DESCRIPTION } from "../../protocol/base/constants.ts";
import { InputError } from "../../protocol/base/errors.ts";
import type { SignedListing } from "../../protocol/http/listings.ts";
import { readTextFile } from "../text-file.ts";

/** Options with which a publisher describes a content. */
export interface TextOptions {
  readonly title?: string;
  readonly description?: string;
  readonly descriptionFile?: string;
  readonly tags?: string;
  readonly licence?: string;
}

export function textOptions(command: Command): Command {
  return command
    .option("--title <text>", "title in the repository")
    .option("--description <text>", "what it is")
    .option("--description-file <file>", "the same from a file, of several lines")
    .option("--tags <list>", "words that searches find, with commas between them")
    .option("--licence <name>", "under which others may use it, such as CC-BY-4.0");
}

/**
 * What the options say; the rest is left out.
 * @throws {InputError} OPTIONS_CONFLICT, FILE_UNREADABLE
 */
export async function textsOf(
  options: TextOptions,
): Promise<Partial<Pick<SignedListing, "title" | "description" | "tags" | "licence">>> {
  const { title, licence, tags, descriptionFile } = options;
  if (options.description !== undefined && descriptionFile !== undefined)
    throw new InputError("OPTIONS_CONFLICT", "give --description or --description-file, not both");
  const description =
    descriptionFile === undefined ? options.description : await readTextFile(descriptionFile, 4 * MAX_DESCRIPTION);
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description: description.replaceAll("\r\n", "\n").trimEnd() }),
    ...(tags === undefined ? {} : { tags: tagsOf(tags) }),
    ...(licence === undefined ? {} : { licence }),
  };
}

function tagsOf(list: string): string[] {
  const tags = list.split(",").map((tag) => tag.trim());
  return [...new Set(tags.filter((tag) => tag !== ""))];
}
