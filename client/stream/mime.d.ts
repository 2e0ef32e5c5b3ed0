declare module "mime" {
  const mime: {
    /** Null: the extension is not known. */
    getType(path: string): string | null;
  };
  export default mime;
}
