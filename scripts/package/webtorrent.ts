import { type Plugin, rolldown } from "rolldown";

/**
 * webtorrent in one file. Its dependency ip-set refuses to be installed by npm, and others are
 * native code for what is switched off here: DHT, uTP, WebRTC, block lists and port mapping.
 */

/** What stands for a module that is never used. */
const UNUSED: Readonly<Record<string, string>> = {
  "load-ip-set": "export default () => undefined;",
  "@silentbot1/nat-api": "export default class {}",
  "bittorrent-dht": "export class Client {}",
  "bittorrent-lsd": "export default class {}",
  "bittorrent-tracker": "export class Client {}",
  "@thaunknown/simple-peer/lite.js": "export default class { static WEBRTC_SUPPORT = false; }",
  "./utp.cjs": "module.exports = {};",
  "./lib/utp.cjs": "module.exports = {};",
};
const PREFIX = "\0unused:";
/** Our wire guard changes the class of the wires that webtorrent makes: it must be the same one. */
const ENTRY = `export { default } from "webtorrent"; export { default as Wire } from "bittorrent-protocol";`;
const ENTRY_ID = "floodgate:webtorrent";

export async function bundleWebTorrent(file: string): Promise<void> {
  const bundle = await rolldown({
    input: ENTRY_ID,
    platform: "node",
    logLevel: "silent",
    plugins: [
      {
        name: "entry",
        resolveId(source, importer) {
          if (source === ENTRY_ID) return source;
          return importer === ENTRY_ID ? this.resolve(source, import.meta.filename) : null;
        },
        load: (id) => (id === ENTRY_ID ? ENTRY : null),
      },
      withoutUnused(),
    ],
  });
  await bundle.write({ file, format: "esm", codeSplitting: false, minify: false });
  await bundle.close();
}

/** Leaves out what webtorrent never uses here. */
export function withoutUnused(): Plugin {
  return {
    name: "unused",
    resolveId: (source) => (Object.hasOwn(UNUSED, source) ? `${PREFIX}${source}` : null),
    load: (id) => (id.startsWith(PREFIX) ? (UNUSED[id.slice(PREFIX.length)] ?? null) : null),
  };
}
