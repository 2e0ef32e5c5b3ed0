/**
 * Foreign text for one line of a terminal: control and bidirectional characters replaced, cut to a
 * length.
 */
export function printable(text: string, maxLength = 80): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must go
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, "\ufffd");
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 3)}...` : clean;
}
