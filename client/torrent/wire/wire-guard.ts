import Wire from "bittorrent-protocol";
import { ProtocolError } from "../../../protocol/base/errors.ts";
import { decodeBencode } from "../../../protocol/bittorrent/bencode.ts";

/**
 * Bounds what a remote can make bittorrent-protocol buffer and parse, which the library does not do
 * itself. It believes a message's length up to 2 GiB. The bencode of an extension message (BEP 10)
 * can put its decoder into an endless loop. The guard is set on the class, since a remote's first
 * messages are read before webtorrent announces the wire.
 */

/** A block of 128 KiB, or a bitfield of a million pieces, with its header. */
const MAX_MESSAGE_BYTES = 128 * 1024 + 64;
const MAX_EXTENSION_BYTES = 16 * 1024;

let isInstalled = false;

/** Guards every wire of this process. */
export function installWireGuard(): void {
  if (isInstalled) return;
  isInstalled = true;
  const { _onMessageLength: onMessageLength, _onExtended: onExtended } = Wire.prototype;

  Wire.prototype._onMessageLength = function (buffer) {
    const length = new DataView(buffer.buffer, buffer.byteOffset, 4).getUint32(0);
    if (length > MAX_MESSAGE_BYTES) this.destroy();
    else onMessageLength.call(this, buffer);
  };

  Wire.prototype._onExtended = function (extension, bytes) {
    // lt_donthave is not bencoded: it is four bytes.
    const isBencode = extension === 0 || this.extendedMapping[extension] !== "lt_donthave";
    if (isBencode && !isSound(bytes)) this.destroy();
    else onExtended.call(this, extension, bytes);
  };
}

function isSound(bytes: Uint8Array): boolean {
  if (bytes.length > MAX_EXTENSION_BYTES) return false;
  try {
    decodeBencode(bytes, false);
    return true;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}
