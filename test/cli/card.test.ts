import { expect, test } from "vitest";
import { cardOption, readCard } from "../../cli/card.ts";

const asked = (answer: string) => ({ passphrase: { prompt: async () => answer } }) as never;

test("a card's number comes from the command line, or from the person at the terminal", async () => {
  expect(await readCard(asked(""), cardOption("4242 4242-42424242"))).toBe("4242424242424242");
  expect(await readCard(asked(" 4242424242424242 \n"), cardOption("-"))).toBe("4242424242424242");
});

test("what is typed and is no card number is not repeated", async () => {
  await expect(readCard(asked("4242424242424241"), "-")).rejects.toMatchObject({
    code: "CARD_INVALID",
    message: "this is no card number: give its 12 to 19 digits",
  });
});
