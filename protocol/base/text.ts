/**
 * What nobody sees, or what changes how the rest is seen: controls, line and paragraph separators,
 * marks of direction, invisible characters (Unicode: Default_Ignorable_Code_Point, Cf) and lone
 * surrogates.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Scripts in whose words a joiner or non-joiner is spelling (RFC 5892, appendix A.1 and A.2). */
const JOINED =
  "[\\p{scx=Arab}\\p{scx=Syrc}\\p{scx=Mong}\\p{scx=Deva}\\p{scx=Beng}\\p{scx=Guru}\\p{scx=Gujr}\\p{scx=Orya}" +
  "\\p{scx=Taml}\\p{scx=Telu}\\p{scx=Knda}\\p{scx=Mlym}\\p{scx=Sinh}\\p{scx=Khmr}\\p{scx=Mymr}]";

/** Hidden characters that are text: within such a word, and within an emoji (UTS 51). */
const SPELLING = new RegExp(
  [
    `(?<=${JOINED})[\\u200c\\u200d](?=${JOINED})`,
    "(?<=[\\p{Emoji}\\u20e3])[\\ufe0e\\ufe0f]",
    "(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic})",
    "(?<=\\u{1f3f4})[\\u{e0020}-\\u{e007e}]{1,6}\\u{e007f}",
  ].join("|"),
  "gu",
);

/** Whether a text shows all that it holds, on one line: fit for titles and names of strangers. */
export function isPlainText(text: string): boolean {
  return text.replace(SPELLING, "").search(HIDDEN) === -1;
}

/**
 * Foreign text for one line of a terminal: hidden characters that are not spelling are replaced,
 * and the rest is cut to a length.
 */
export function printable(text: string, maxLength = 80): string {
  const kept: string[] = [];
  let from = 0;
  for (const { 0: spelling, index } of text.matchAll(SPELLING)) {
    kept.push(text.slice(from, index).replace(HIDDEN, "\ufffd"), spelling);
    from = index + spelling.length;
  }
  const clean = kept.join("") + text.slice(from).replace(HIDDEN, "\ufffd");
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 3)}...` : clean;
}
