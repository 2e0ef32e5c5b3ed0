import mime from "mime";

/**
 * Content-Type of a file that players and browsers play, by its name. Null for all other files,
 * which a browser may only save.
 */
export function mediaTypeOf(name: string): string | null {
  const type = mime.getType(name);
  return type !== null && /^(video|audio)\//.test(type) ? type : null;
}
