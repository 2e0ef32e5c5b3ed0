import type { BundlePlace } from "../messages.ts";

const NAME = /^0x[0-9a-f]{64}\.jsonl$/;
/** More than a browser lists without a pause. */
const MAX_FILES = 100_000;

/** Bundles of this disk: one file of each, as `floodgate audit export` or a server has them. */
export function bundlesAmong(files: readonly File[]): BundlePlace | { readonly why: string } {
  const bundles = files.filter(({ name }) => NAME.test(name));
  if (bundles.length === 0) return { why: "None of these files is a bundle: they are called 0x….jsonl." };
  if (bundles.length > MAX_FILES) return { why: `These are more than ${MAX_FILES} bundles: use the command line.` };
  return { files: bundles };
}

/** Where bundles are: on this disk instead of a server. */
export function BundleFiles({
  chosen,
  isDisabled,
  choose,
}: {
  chosen: number;
  isDisabled: boolean;
  choose: (files: readonly File[]) => void;
}) {
  return (
    <div class="field">
      <label for="bundle-files">Bundles from this disk, instead</label>
      <input
        id="bundle-files"
        type="file"
        multiple
        accept=".jsonl"
        disabled={isDisabled}
        onChange={(event) => choose([...(event.currentTarget.files ?? [])])}
        aria-describedby="bundle-files-hint"
      />
      <small id="bundle-files-hint">
        {chosen === 0 ? "Nothing of them leaves this browser." : `${chosen} bundles. Nothing leaves this browser.`}
      </small>
    </div>
  );
}
