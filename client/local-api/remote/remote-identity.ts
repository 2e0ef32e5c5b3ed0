import { randomBytes, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { InputError } from "../../../protocol/base/errors.ts";
import { createPrivateFile, readPrivateFile } from "../../wallet/private-file.ts";
import { makeCertificate } from "./certificate.ts";

/** By what a peer is known to other machines, and knows them. */
export interface RemoteIdentity {
  readonly keyPem: string;
  readonly certPem: string;
  /** SHA-256 of the certificate, hex. */
  readonly fingerprint: string;
  /** Whoever shows it may do everything. Unlike that of `peer.json` it outlives the run. */
  readonly token: string;
  readonly tokenFile: string;
}

/** One's own certificate: files in PEM. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

const NAME = "floodgate-peer";
const TOKEN_BYTES = 32;

/**
 * What the home has, or makes at the first start. `files`: a certificate of one's own instead.
 * @throws {InputError} FILE_PERMISSIONS, FILE_UNREADABLE, FILE_UNUSABLE
 */
export async function openRemoteIdentity(home: string, files: CertificateFiles | null): Promise<RemoteIdentity> {
  const tokenFile = join(home, "remote-token");
  const token = await readOrMake(tokenFile, () => randomBytes(TOKEN_BYTES).toString("base64url"));
  const { keyPem, certPem } = files === null ? await ownCertificate(home) : await readCertificate(files);
  try {
    createSecureContext({ key: keyPem, cert: certPem });
    return { keyPem, certPem, token: token.trim(), tokenFile, fingerprint: fingerprintOf(certPem) };
  } catch (cause) {
    const where = files === null ? join(home, "remote-key.pem") : files.key;
    throw new InputError("FILE_UNUSABLE", `${where} is no key of its certificate: give both in PEM`, { cause });
  }
}

/** Both in one file, so that they are one or the other. */
async function ownCertificate(home: string): Promise<{ keyPem: string; certPem: string }> {
  const text = await readOrMake(join(home, "remote-key.pem"), () => {
    const { keyPem, certPem } = makeCertificate(NAME, new Date());
    return keyPem + certPem;
  });
  return { keyPem: text, certPem: text };
}

async function readCertificate({ cert, key }: CertificateFiles): Promise<{ keyPem: string; certPem: string }> {
  const keyPem = await readPrivateFile(key);
  if (keyPem === null) throw new InputError("FILE_UNREADABLE", `there is no ${key}: check --tls-key`);
  try {
    return { keyPem, certPem: await readFile(cert, "utf8") };
  } catch (cause) {
    throw new InputError("FILE_UNREADABLE", `cannot read ${cert}: check --tls-cert`, { cause });
  }
}

async function readOrMake(path: string, make: () => string): Promise<string> {
  const text = await readPrivateFile(path);
  if (text !== null) return text;
  const made = make();
  await createPrivateFile(path, made);
  return made;
}

/** X509Certificate wants the certificate alone. */
function fingerprintOf(pem: string): string {
  const [certificate = ""] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(pem) ?? [];
  return new X509Certificate(certificate).fingerprint256.replaceAll(":", "").toLowerCase();
}
