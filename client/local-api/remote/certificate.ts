import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/**
 * A certificate that a server signs for itself (RFC 5280, 4.1; X.690 DER). Whoever pins its
 * fingerprint needs no authority. Node reads certificates, and makes none.
 */
export interface OwnCertificate {
  /** PKCS #8. */
  readonly keyPem: string;
  readonly certPem: string;
}

const DAY_MS = 86_400_000;
const DAYS = 3_650;
/** X.690, 8: what is used of it. */
const TAGS = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  /** Of SubjectAltName: a DNS name. */
  dnsName: 0x82,
  version: 0xa0,
  extensions: 0xa3,
} as const;
const OIDS = {
  /** 1.2.840.10045.4.3.2 */
  ecdsaWithSha256: "2a8648ce3d040302",
  /** 2.5.4.3 */
  commonName: "550403",
  /** 2.5.29.17 */
  subjectAltName: "551d11",
} as const;

/** Good for ten years. `name`: its subject and its DNS name. */
export function makeCertificate(name: string, now: Date): OwnCertificate {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const body = toBeSigned(name, privateKey, now);
  // No bit of its last byte is unused.
  const signature = der("bitString", Buffer.from([0]), sign("sha256", body, privateKey));
  const certificate = der("sequence", body, algorithm(), signature);
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    keyPem: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    certPem: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
  };
}

/** TBSCertificate. */
function toBeSigned(name: string, key: KeyObject, now: Date): Buffer {
  const serial = randomBytes(16);
  // Positive, and without a leading zero.
  serial[0] = ((serial[0] as number) & 0x3f) | 0x40;
  const subject = der("sequence", der("set", der("sequence", oid("commonName"), der("utf8", Buffer.from(name)))));
  const [from, to] = [now.getTime() - DAY_MS, now.getTime() + DAYS * DAY_MS].map((ms) => time(new Date(ms)));
  const names = der("octetString", der("sequence", der("dnsName", Buffer.from(name))));
  return der(
    "sequence",
    // Version 3 is written as 2.
    der("version", der("integer", Buffer.from([2]))),
    der("integer", serial),
    algorithm(),
    subject,
    der("sequence", from as Buffer, to as Buffer),
    subject,
    createPublicKey(key).export({ type: "spki", format: "der" }),
    der("extensions", der("sequence", der("sequence", oid("subjectAltName"), names))),
  );
}

function algorithm(): Buffer {
  return der("sequence", oid("ecdsaWithSha256"));
}

function oid(name: keyof typeof OIDS): Buffer {
  return der("oid", Buffer.from(OIDS[name], "hex"));
}

/** RFC 5280, 4.1.2.5: two digits of the year until 2049. */
function time(date: Date): Buffer {
  const text = `${date.toISOString().replace(/[-:T]|\..*/g, "")}Z`;
  return date.getUTCFullYear() < 2050
    ? der("utcTime", Buffer.from(text.slice(2)))
    : der("generalizedTime", Buffer.from(text));
}

function der(tag: keyof typeof TAGS, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([TAGS[tag]]), lengthOf(content), content]);
}

function lengthOf({ length }: Uint8Array): Buffer {
  if (length < 128) return Buffer.from([length]);
  const bytes = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, "0"), "hex");
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}
