/** Checksummed by EIP-55, but in lower case where a bundle or a file of vouchers is quoted. */
export type Address = string;
/** 0x and digits. */
export type Hex = string;
