interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): string };
}

/** The name that the page's policy allows. */
const POLICY = "floodgate-auditor";

/**
 * A script's address as `new Worker` takes it under Trusted Types: of this page's own host, and
 * named by the page. Browsers without Trusted Types take it as it is.
 */
export function trustWorker(path: string): string {
  const url = new URL(path, document.baseURI);
  if (url.origin !== location.origin) throw new Error("the auditor comes from this page's own host");
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const isOurs = (asked: string): string => {
    if (asked !== url.href) throw new Error("this is not the auditor");
    return asked;
  };
  return trustedTypes?.createPolicy(POLICY, { createScriptURL: isOurs }).createScriptURL(url.href) ?? url.href;
}
