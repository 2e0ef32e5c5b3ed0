import { expect, test } from "vitest";
import { isPlainText, printable } from "../../../protocol/base/text.ts";

const plain: readonly [string, string][] = [
  ["Persian with a non-joiner", "می\u200cخواهم"],
  ["Devanagari with a joiner", "क्\u200dष"],
  ["a family of emoji", "👩\u200d👩\u200d👧\u200d👦"],
  ["an emoji with a skin tone", "🧑🏽\u200d🚀"],
  ["a rainbow flag", "🏳\ufe0f\u200d🌈"],
  ["the flag of Wales", "🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}"],
  ["a keycap", "1\ufe0f\u20e3"],
  ["combining marks", "Zu\u0308rich"],
  ["no-break space", "a\u00a0b"],
  ["CJK", "日本語　全角"],
  ["Hebrew", "שלום"],
];
test.each(plain)("%s is text, and printed as it is", (_name, text) => {
  expect(isPlainText(text)).toBe(true);
  expect(printable(text)).toBe(text);
});

const hidden: readonly [string, string][] = [
  ["an escape", "a\u001b[31m"],
  ["a line feed", "a\nb"],
  ["a C1 control", "a\u009bb"],
  ["an override of direction", "a\u202egpj.exe"],
  ["an isolate", "a\u2066b"],
  ["a mark of direction", "a\u200eb"],
  ["an Arabic letter mark", "a\u061cb"],
  ["a zero-width space", "a\u200bb"],
  ["a non-joiner between Latin letters", "a\u200cb"],
  ["a joiner at an end", "می\u200d"],
  ["a joiner between an emoji and a letter", "👩\u200da"],
  ["a selector after a letter", "a\ufe0f"],
  ["a soft hyphen", "a\u00adb"],
  ["a word joiner", "a\u2060b"],
  ["a byte order mark", "\ufeffa"],
  ["a line separator", "a\u2028b"],
  ["tags after a letter", "a\u{e0061}\u{e007f}"],
  ["a Hangul filler", "a\u3164b"],
  ["a lone surrogate", "a\ud800b"],
];
test.each(hidden)("%s is refused, and replaced on a terminal", (_name, text) => {
  expect(isPlainText(text)).toBe(false);
  const shown = printable(text);
  expect(shown).toContain("\ufffd");
  expect(isPlainText(shown)).toBe(true);
});

test("a long text is judged to its end, and cut only on a terminal", () => {
  expect(isPlainText(`${"a".repeat(150)}\u202e`)).toBe(false);
  expect(printable("a".repeat(100))).toBe(`${"a".repeat(77)}...`);
});
