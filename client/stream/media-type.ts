import mime from "mime";

/**
 * Content-Type of a file that players and browsers play, by its name; null for all others, which
 * are only ever saved.
 */
export function mediaTypeOf(name: string): string | null {
  const type = mime.getType(name);
  return type !== null && /^(video|audio)\//.test(type) ? type : null;
}
